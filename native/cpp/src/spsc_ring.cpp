#include "holdfast/spsc_ring.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "ring_header.hpp"

namespace holdfast {
namespace {

std::optional<Failure> claim(std::uint32_t& word, std::string_view rule) noexcept {
  std::uint32_t unclaimed = 0;
  // Acquire pairs with the release of the previous owner's release().
  if (shared(word).compare_exchange_strong(unclaimed, 1, std::memory_order_acq_rel,
                                           std::memory_order_relaxed)) {
    return std::nullopt;
  }
  return ring_failure(rule, unclaimed);
}

/// Records ahead of the copy whose lines are asked for: about what the memory system can have under
/// way.
constexpr std::size_t kPrefetchRecords = 16;

/// Asks for a line in order to write it. Without that, each of the lines that the consumer has just
/// read is fetched only when the store to it is due, one after the other. A prefetch past the
/// ring's end does nothing.
void prefetch_to_write(const std::byte* line) noexcept {
#if defined(__x86_64__)
  // The builtin would fetch the line for reading, since the baseline does not name this
  // instruction; every processor takes it.
  asm volatile("prefetchw %0" : : "m"(*line));
#else
  __builtin_prefetch(line, 1);
#endif
}

/// Copies events into consecutive slots and numbers the copies from `sequence` on. One pass,
/// because a slot's line comes from the other core and should be written while it is here.
void copy_numbered(std::byte* slot, std::span<const MarketEvent> events,
                   std::uint64_t sequence) noexcept {
  for (const MarketEvent& event : events) {
    prefetch_to_write(slot + kPrefetchRecords * kMarketEventBytes);
    std::memcpy(slot, &event, kMarketEventBytes);
    std::memcpy(slot + offsetof(MarketEvent, sequence), &sequence, sizeof(sequence));
    slot += kMarketEventBytes;
    ++sequence;
  }
}

}  // namespace

Result<std::size_t> SpscRing::bytes_needed(std::uint32_t capacity) noexcept {
  if (auto failure = check_capacity(capacity)) return *failure;
  return aligned_bytes(capacity) + kCacheLineBytes - 1;
}

std::optional<Failure> SpscRing::initialize(std::span<std::byte> memory,
                                            std::uint32_t capacity) noexcept {
  if (auto failure = check_capacity(capacity)) return failure;
  const std::span<std::byte> aligned = align(memory);
  if (auto failure = check_bytes(aligned, aligned_bytes(capacity))) return failure;
  RingHeader& header = *header_of(aligned);
  const std::uint64_t magic = shared(header.magic).load(std::memory_order_acquire);
  if (magic != 0) {
    return ring_failure("ring memory must be zeroed; attach to a ring that exists with Ring.attach",
                        magic);
  }
  header.layout_version = kRingLayoutVersion;
  header.record_bytes = kMarketEventBytes;
  header.capacity = capacity;
  shared(header.write_index).store(0, std::memory_order_relaxed);
  shared(header.read_index).store(0, std::memory_order_relaxed);
  shared(header.magic).store(kRingMagic, std::memory_order_release);
  return std::nullopt;
}

Result<SpscRing> SpscRing::attach(std::span<std::byte> memory) noexcept {
  const std::span<std::byte> aligned = align(memory);
  Result<std::uint32_t> capacity = check_header(aligned);
  if (!capacity.ok()) return capacity.failure();
  return SpscRing(header_of(aligned), aligned.data() + kRingHeaderBytes, capacity.value());
}

SpscRing::SpscRing(RingHeader* header, std::byte* slots, std::uint32_t capacity) noexcept
    : header_(header), slots_(slots), capacity_(capacity) {}

SpscRing::SpscRing(SpscRing&& other) noexcept
    : header_(other.header_),
      slots_(other.slots_),
      capacity_(other.capacity_),
      is_producer_(std::exchange(other.is_producer_, false)),
      is_consumer_(std::exchange(other.is_consumer_, false)),
      cached_read_index_(other.cached_read_index_),
      cached_write_index_(other.cached_write_index_) {}

SpscRing& SpscRing::operator=(SpscRing&& other) noexcept {
  if (this == &other) return *this;
  release();
  header_ = other.header_;
  slots_ = other.slots_;
  capacity_ = other.capacity_;
  is_producer_ = std::exchange(other.is_producer_, false);
  is_consumer_ = std::exchange(other.is_consumer_, false);
  cached_read_index_ = other.cached_read_index_;
  cached_write_index_ = other.cached_write_index_;
  return *this;
}

SpscRing::~SpscRing() {
  release();
}

Result<std::size_t> SpscRing::publish(std::span<const MarketEvent> events) noexcept {
  if (auto failure = claim_producer()) return *failure;
  if (is_write_closed()) {
    return Failure{ErrorCode::kHandleClosed,
                   "ring must be open for writing; create a ring after closeWrite", 1};
  }
  const std::uint64_t write = shared(header_->write_index).load(std::memory_order_relaxed);
  std::uint64_t taken_slots = write - cached_read_index_;
  if (taken_slots > capacity_ || capacity_ - taken_slots < events.size()) {
    // Acquire: the consumer has finished reading the slots below its index.
    cached_read_index_ = shared(header_->read_index).load(std::memory_order_acquire);
    taken_slots = write - cached_read_index_;
    if (taken_slots > capacity_) return indices_failure(taken_slots);
  }
  const auto free_slots = static_cast<std::size_t>(capacity_ - taken_slots);
  const std::size_t accepted = std::min(free_slots, events.size());
  if (accepted < events.size()) {
    auto stalls = shared(header_->stalls);
    stalls.store(stalls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  if (accepted == 0) return std::size_t{0};
  copy_in(write, events.first(accepted));
  // Release and no more: a fence here would wait for every line that the copy took from the other
  // core, which triples the cost of a single record. The price is paid by a side that goes to
  // sleep: its first sleep is short, see sleepUntil in ring.ts.
  shared(header_->write_index).store(write + accepted, std::memory_order_release);
  return accepted;
}

Result<std::size_t> SpscRing::drain(std::span<MarketEvent> into) noexcept {
  if (auto failure = claim_consumer()) return *failure;
  const std::uint64_t read = shared(header_->read_index).load(std::memory_order_relaxed);
  Result<std::uint64_t> count = waiting(read, into.size());
  if (!count.ok()) return count.failure();
  const std::size_t drained = std::min(static_cast<std::size_t>(count.value()), into.size());
  if (drained == 0) return std::size_t{0};
  copy_out(read, into.first(drained));
  shared(header_->read_index).store(read + drained, std::memory_order_release);
  return drained;
}

Result<SlotRange> SpscRing::peek(std::size_t max) noexcept {
  if (auto failure = claim_consumer()) return *failure;
  const std::uint64_t read = shared(header_->read_index).load(std::memory_order_relaxed);
  Result<std::uint64_t> count = waiting(read, max);
  if (!count.ok()) return count.failure();
  const auto first = static_cast<std::size_t>(read & (capacity_ - 1));
  const auto until_end = static_cast<std::size_t>(capacity_ - first);
  const std::size_t length = std::min({static_cast<std::size_t>(count.value()), max, until_end});
  // MarketEvent is an implicit-lifetime type, and copy_in wrote whole ones.
  const auto* slots = reinterpret_cast<const MarketEvent*>(slots_);
  return SlotRange{first, std::span(slots, capacity_).subspan(first, length)};
}

std::optional<Failure> SpscRing::consume(std::size_t count) noexcept {
  if (auto failure = claim_consumer()) return failure;
  const std::uint64_t read = shared(header_->read_index).load(std::memory_order_relaxed);
  Result<std::uint64_t> there = waiting(read, count);
  if (!there.ok()) return there.failure();
  if (count > there.value()) {
    return Failure{ErrorCode::kArgumentInvalid, "count must not exceed the records that wait",
                   count};
  }
  shared(header_->read_index).store(read + count, std::memory_order_release);
  return std::nullopt;
}

Result<std::uint64_t> SpscRing::waiting(std::uint64_t read, std::size_t wanted) noexcept {
  std::uint64_t count = cached_write_index_ - read;
  if (count > capacity_ || count < wanted) {
    // Acquire: the records below the producer's index are complete.
    cached_write_index_ = shared(header_->write_index).load(std::memory_order_acquire);
    count = cached_write_index_ - read;
    if (count > capacity_) return indices_failure(count);
  }
  return count;
}

std::size_t SpscRing::used() const noexcept {
  // The read index first, so that the difference cannot be negative while both sides move.
  // Sequentially consistent, because a side that goes to sleep looks here after it said so.
  const std::uint64_t read = shared(header_->read_index).load(std::memory_order_seq_cst);
  const std::uint64_t write = shared(header_->write_index).load(std::memory_order_seq_cst);
  return static_cast<std::size_t>(std::min<std::uint64_t>(write - read, capacity_));
}

std::size_t SpscRing::readable() const noexcept {
  return used();
}

std::size_t SpscRing::writable() const noexcept {
  return capacity_ - used();
}

void SpscRing::close_write() noexcept {
  shared(header_->write_closed).store(1, std::memory_order_release);
}

bool SpscRing::is_write_closed() const noexcept {
  return shared(header_->write_closed).load(std::memory_order_acquire) != 0;
}

RingStats SpscRing::stats() const noexcept {
  const std::uint64_t drained = shared(header_->read_index).load(std::memory_order_acquire);
  return RingStats{
      .published = shared(header_->write_index).load(std::memory_order_acquire),
      .drained = drained,
      .stalls = shared(header_->stalls).load(std::memory_order_relaxed),
      .capacity = capacity_,
  };
}

void SpscRing::release() noexcept {
  if (std::exchange(is_producer_, false)) {
    shared(header_->producer_claim).store(0, std::memory_order_release);
  }
  if (std::exchange(is_consumer_, false)) {
    shared(header_->consumer_claim).store(0, std::memory_order_release);
  }
}

std::optional<Failure> SpscRing::claim_producer() noexcept {
  if (is_producer_) return std::nullopt;
  if (auto failure = claim(header_->producer_claim,
                           "ring must have one producer; close the other one first")) {
    return failure;
  }
  is_producer_ = true;
  return std::nullopt;
}

std::optional<Failure> SpscRing::claim_consumer() noexcept {
  if (is_consumer_) return std::nullopt;
  if (auto failure = claim(header_->consumer_claim,
                           "ring must have one consumer; close the other one first")) {
    return failure;
  }
  is_consumer_ = true;
  return std::nullopt;
}

void SpscRing::copy_in(std::uint64_t write, std::span<const MarketEvent> events) noexcept {
  const auto slot = static_cast<std::size_t>(write & (capacity_ - 1));
  const std::size_t until_end = std::min<std::size_t>(events.size(), capacity_ - slot);
  copy_numbered(slots_ + slot * kMarketEventBytes, events.first(until_end), write);
  copy_numbered(slots_, events.subspan(until_end), write + until_end);
}

void SpscRing::copy_out(std::uint64_t read, std::span<MarketEvent> into) const noexcept {
  const auto slot = static_cast<std::size_t>(read & (capacity_ - 1));
  const std::size_t until_end = std::min<std::size_t>(into.size(), capacity_ - slot);
  std::memcpy(into.data(), slots_ + slot * kMarketEventBytes, until_end * kMarketEventBytes);
  std::memcpy(into.data() + until_end, slots_, (into.size() - until_end) * kMarketEventBytes);
}

}  // namespace holdfast
