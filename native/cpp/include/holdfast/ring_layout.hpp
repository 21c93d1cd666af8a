#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "holdfast/market_event.hpp"

namespace holdfast {

/// Bytes of a cache line on the processors we build for; also the alignment of numeric buffers.
inline constexpr std::size_t kCacheLineBytes = 64;

/// "HFRINGMD" in memory order.
inline constexpr std::uint64_t kRingMagic = 0x444D474E49524648ULL;
inline constexpr std::uint32_t kRingLayoutVersion = 1;

/// 2^20 records are 64 MiB: more than a second of the busiest feed measured, so a longer backlog
/// means that the consumer is stuck and the producer must be told.
inline constexpr std::uint32_t kRingCapacityMax = 1U << 20;

/// Records in one publish or drain: 64 KiB, which stays in a second-level cache.
inline constexpr std::uint32_t kRingBatchMax = 1024;

/// The head of a ring's memory. Every word that one side writes and the other polls has a cache
/// line of its own, so that neither side slows the other by false sharing (NAT-09).
struct RingHeader {
  // Written once by initialize(), constant afterwards.
  alignas(kCacheLineBytes) std::uint64_t magic;
  std::uint32_t layout_version;
  std::uint32_t record_bytes;
  std::uint32_t capacity;

  // Records ever published: the next slot to fill is write_index % capacity. Producer writes.
  alignas(kCacheLineBytes) std::uint64_t write_index;

  // Records ever drained. Consumer writes.
  alignas(kCacheLineBytes) std::uint64_t read_index;

  // 1 while the consumer sleeps until records come; the word that JavaScript's Atomics.wait uses.
  alignas(kCacheLineBytes) std::uint32_t records_wake;

  // 1 while the producer sleeps until there is space.
  alignas(kCacheLineBytes) std::uint32_t space_wake;

  // Written at the start and the end of a side's life only.
  alignas(kCacheLineBytes) std::uint32_t write_closed;
  std::uint32_t producer_claim;
  std::uint32_t consumer_claim;

  // Publishes that could not take every record, because the ring was full. Producer writes.
  alignas(kCacheLineBytes) std::uint64_t stalls;
};

inline constexpr std::size_t kRingHeaderBytes = 7 * kCacheLineBytes;

static_assert(sizeof(RingHeader) == kRingHeaderBytes);
static_assert(std::is_trivially_copyable_v<RingHeader>);
static_assert(offsetof(RingHeader, magic) == 0);
static_assert(offsetof(RingHeader, layout_version) == 8);
static_assert(offsetof(RingHeader, record_bytes) == 12);
static_assert(offsetof(RingHeader, capacity) == 16);
static_assert(offsetof(RingHeader, write_index) == 64);
static_assert(offsetof(RingHeader, read_index) == 128);
static_assert(offsetof(RingHeader, records_wake) == 192);
static_assert(offsetof(RingHeader, space_wake) == 256);
static_assert(offsetof(RingHeader, write_closed) == 320);
static_assert(offsetof(RingHeader, producer_claim) == 324);
static_assert(offsetof(RingHeader, consumer_claim) == 328);
static_assert(offsetof(RingHeader, stalls) == 384);
static_assert(std::has_single_bit(kRingCapacityMax));

/// Returns how many bytes to skip from `address` to the next multiple of `alignment`.
/// Precondition: `alignment` is a power of two.
[[nodiscard]] constexpr std::size_t alignment_offset(std::uintptr_t address,
                                                     std::size_t alignment) noexcept {
  return static_cast<std::size_t>(-address & (alignment - 1));
}

}  // namespace holdfast
