#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "holdfast/market_event.hpp"
#include "holdfast/result.hpp"
#include "holdfast/ring_layout.hpp"

namespace holdfast {

struct RingStats {
  std::uint64_t published;
  std::uint64_t drained;
  std::uint64_t stalls;
  std::uint32_t capacity;
};

/// Records where they stand in a ring.
struct SlotRange {
  /// Slot of the first one.
  std::size_t first;
  std::span<const MarketEvent> events;
};

/// One side's view of a single-producer single-consumer ring of market events, over memory that
/// somebody else owns and that must outlive the view.
///
/// Overflow policy (ARC-06, ARC-08): publish takes what fits and says how many; a publish that
/// could not take everything counts as a stall. Nothing is overwritten and nothing is lost.
///
/// A view belongs to one thread. The first publish claims the producer's side and the first
/// drain the consumer's, so that a second producer is refused instead of corrupting the ring.
class SpscRing {
 public:
  /// Returns the bytes that a ring needs, including the slack for aligning it in any buffer.
  [[nodiscard]] static Result<std::size_t> bytes_needed(std::uint32_t capacity) noexcept;

  /// Writes an empty ring into `memory`, which must be zeroed and not be seen by another thread
  /// yet. Returns the failure, or nothing when all went well.
  [[nodiscard]] static std::optional<Failure> initialize(std::span<std::byte> memory,
                                                         std::uint32_t capacity) noexcept;

  /// Returns a view of the ring in `memory`, after checking every word of its header.
  [[nodiscard]] static Result<SpscRing> attach(std::span<std::byte> memory) noexcept;

  SpscRing(SpscRing&& other) noexcept;
  SpscRing& operator=(SpscRing&& other) noexcept;
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;
  ~SpscRing();

  /// Copies the first records of `events` into the ring, numbers them, and returns how many it
  /// took: all, or as many as there was space for.
  [[nodiscard]] Result<std::size_t> publish(std::span<const MarketEvent> events) noexcept;

  /// Moves the oldest records into `into` and returns how many there were.
  [[nodiscard]] Result<std::size_t> drain(std::span<MarketEvent> into) noexcept;

  /// Returns where the oldest records stand, up to `max` of them and none behind the last slot, so
  /// that they can be read without a copy. They stay until `consume`.
  [[nodiscard]] Result<SlotRange> peek(std::size_t max) noexcept;

  /// Gives the slots of the `count` oldest records back to the producer.
  [[nodiscard]] std::optional<Failure> consume(std::size_t count) noexcept;

  /// Returns how many records wait; the other side may add to them at any time.
  [[nodiscard]] std::size_t readable() const noexcept;

  /// Returns how many records would fit; the other side may make more space at any time.
  [[nodiscard]] std::size_t writable() const noexcept;

  /// Says that nothing more will be published. Records in the ring stay readable.
  void close_write() noexcept;
  [[nodiscard]] bool is_write_closed() const noexcept;

  [[nodiscard]] RingStats stats() const noexcept;

  /// Gives up the sides that this view claimed, so that another view may take them. Idempotent.
  void release() noexcept;

 private:
  SpscRing(RingHeader* header, std::byte* slots, std::uint32_t capacity) noexcept;

  [[nodiscard]] std::optional<Failure> claim_producer() noexcept;
  [[nodiscard]] std::optional<Failure> claim_consumer() noexcept;
  /// Returns how many records wait from `read` on, at least `wanted` if there are as many.
  [[nodiscard]] Result<std::uint64_t> waiting(std::uint64_t read, std::size_t wanted) noexcept;
  [[nodiscard]] std::size_t used() const noexcept;
  void copy_in(std::uint64_t write, std::span<const MarketEvent> events) noexcept;
  void copy_out(std::uint64_t read, std::span<MarketEvent> into) const noexcept;

  RingHeader* header_;
  std::byte* slots_;
  // Copied at attach, so that a later scribble over the header cannot widen an access.
  std::uint32_t capacity_;
  bool is_producer_ = false;
  bool is_consumer_ = false;
  // The opposite side's index as last seen. Reading the real one costs a cache miss while the
  // other side is busy, so it is read only when the cached one says full or empty.
  std::uint64_t cached_read_index_ = 0;
  std::uint64_t cached_write_index_ = 0;
};

}  // namespace holdfast
