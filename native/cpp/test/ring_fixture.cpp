#include "ring_fixture.hpp"

#include <gtest/gtest.h>

namespace holdfast {

RingMemory::RingMemory(std::uint32_t capacity, std::size_t misalignment) {
  Result<std::size_t> needed = SpscRing::bytes_needed(capacity);
  EXPECT_TRUE(needed.ok());
  storage_.resize(needed.value() + 2 * kCacheLineBytes);
  const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
  const std::size_t offset = alignment_offset(address, kCacheLineBytes) + misalignment;
  bytes_ = std::span(storage_).subspan(offset, needed.value());
  EXPECT_FALSE(SpscRing::initialize(bytes_, capacity).has_value());
}

RingHeader& RingMemory::header() noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
  return *reinterpret_cast<RingHeader*>(bytes_.data() + alignment_offset(address, kCacheLineBytes));
}

SpscRing attach(RingMemory& memory) {
  Result<SpscRing> ring = SpscRing::attach(memory.bytes());
  EXPECT_TRUE(ring.ok());
  return std::move(ring.value());
}

MarketEvent event_of(std::uint64_t seed) {
  const auto value = static_cast<std::int64_t>(seed);
  return MarketEvent{
      .ts_event_ns = value,
      .ts_recv_ns = value + 1,
      .sequence = 0,
      .price_ticks = -value,
      .quantity_lots = value * 3,
      .aux0 = value * 5,
      .aux1 = value * 7,
      .instrument = static_cast<std::uint32_t>(seed * 11),
      .kind = static_cast<EventKind>(1 + seed % 6),
      .flags = static_cast<std::uint8_t>(seed % 8),
      .stream = static_cast<std::uint16_t>(seed * 13),
  };
}

bool is_event(const MarketEvent& event, std::uint64_t seed, std::uint64_t sequence) {
  const MarketEvent expected = event_of(seed);
  return event.ts_event_ns == expected.ts_event_ns && event.ts_recv_ns == expected.ts_recv_ns &&
         event.sequence == sequence && event.price_ticks == expected.price_ticks &&
         event.quantity_lots == expected.quantity_lots && event.aux0 == expected.aux0 &&
         event.aux1 == expected.aux1 && event.instrument == expected.instrument &&
         event.kind == expected.kind && event.flags == expected.flags &&
         event.stream == expected.stream;
}

std::vector<MarketEvent> events_from(std::uint64_t first_seed, std::size_t count) {
  std::vector<MarketEvent> events;
  events.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    events.push_back(event_of(first_seed + i));
  }
  return events;
}

std::size_t publish(SpscRing& ring, std::uint64_t first_seed, std::size_t count) {
  const std::vector<MarketEvent> events = events_from(first_seed, count);
  Result<std::size_t> accepted = ring.publish(events);
  EXPECT_TRUE(accepted.ok());
  return accepted.ok() ? accepted.value() : 0;
}

std::vector<MarketEvent> drain(SpscRing& ring, std::size_t max) {
  std::vector<MarketEvent> events(max);
  Result<std::size_t> drained = ring.drain(events);
  EXPECT_TRUE(drained.ok());
  events.resize(drained.ok() ? drained.value() : 0);
  return events;
}

}  // namespace holdfast
