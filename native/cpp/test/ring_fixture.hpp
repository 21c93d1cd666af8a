#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "holdfast/spsc_ring.hpp"

namespace holdfast {

/// Zeroed memory that holds a ring, `misalignment` bytes past a cache line, as a buffer from
/// JavaScript may be.
class RingMemory {
 public:
  explicit RingMemory(std::uint32_t capacity, std::size_t misalignment = 16);

  [[nodiscard]] std::span<std::byte> bytes() noexcept { return bytes_; }
  [[nodiscard]] RingHeader& header() noexcept;

 private:
  std::vector<std::byte> storage_;
  std::span<std::byte> bytes_;
};

/// Returns a view of the ring in `memory`; the test fails where there is none.
SpscRing attach(RingMemory& memory);

/// Returns an event whose every field follows from `seed`, so that a torn copy shows.
MarketEvent event_of(std::uint64_t seed);

/// Tells whether an event that came out of a ring is `event_of(seed)` with that sequence.
bool is_event(const MarketEvent& event, std::uint64_t seed, std::uint64_t sequence);

/// Returns `count` events with the seeds from `first_seed` on.
std::vector<MarketEvent> events_from(std::uint64_t first_seed, std::size_t count);

/// Publishes `count` events with the seeds from `first_seed` on; returns how many were taken.
std::size_t publish(SpscRing& ring, std::uint64_t first_seed, std::size_t count);

/// Drains up to `max` events.
std::vector<MarketEvent> drain(SpscRing& ring, std::size_t max);

}  // namespace holdfast
