#include "ring_header.hpp"

#include <algorithm>
#include <bit>

namespace holdfast {
namespace {

/// Reads the indices so that a ring whose two sides are at work passes: the write index is never
/// behind an earlier read index, nor more than the capacity ahead of a later one.
std::optional<Failure> check_indices(RingHeader& header, std::uint32_t capacity) noexcept {
  const std::uint64_t read_before = shared(header.read_index).load(std::memory_order_acquire);
  const std::uint64_t write = shared(header.write_index).load(std::memory_order_acquire);
  const std::uint64_t read_after = shared(header.read_index).load(std::memory_order_acquire);
  if (write < read_before) return indices_failure(write - read_before);
  if (read_after < write && write - read_after > capacity) {
    return indices_failure(write - read_after);
  }
  return std::nullopt;
}

}  // namespace

Failure ring_failure(std::string_view rule, std::uint64_t observed) noexcept {
  return Failure{ErrorCode::kRingInvalid, rule, observed};
}

Failure indices_failure(std::uint64_t used) noexcept {
  return ring_failure(
      "ring indices must be at most the capacity apart; its memory was overwritten, create a "
      "ring with Ring.create",
      used);
}

std::span<std::byte> align(std::span<std::byte> memory) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::size_t offset = alignment_offset(address, kCacheLineBytes);
  return memory.subspan(std::min(offset, memory.size()));
}

std::optional<Failure> check_capacity(std::uint32_t capacity) noexcept {
  if (!std::has_single_bit(capacity)) {
    return ring_failure("ring capacity must be a power of two", capacity);
  }
  if (capacity > kRingCapacityMax) {
    return ring_failure("ring capacity must be at most 1048576 records", capacity);
  }
  return std::nullopt;
}

std::optional<Failure> check_bytes(std::span<std::byte> aligned, std::size_t needed) noexcept {
  if (aligned.size() >= needed) return std::nullopt;
  return ring_failure(
      "ring memory must hold the header and every record; allocate it with Ring.create",
      aligned.size());
}

Result<std::uint32_t> check_header(std::span<std::byte> aligned) noexcept {
  if (auto failure = check_bytes(aligned, kRingHeaderBytes)) return *failure;
  RingHeader& header = *header_of(aligned);
  // Acquire pairs with the release in initialize(): who sees the magic sees the rest.
  const std::uint64_t magic = shared(header.magic).load(std::memory_order_acquire);
  if (magic != kRingMagic) {
    return ring_failure("ring memory must begin with a ring header; create it with Ring.create",
                        magic);
  }
  if (header.layout_version != kRingLayoutVersion) {
    return ring_failure("ring layout version must be 1; use one version of holdfast in all threads",
                        header.layout_version);
  }
  if (header.record_bytes != kMarketEventBytes) {
    return ring_failure("ring records must be of 64 bytes", header.record_bytes);
  }
  const std::uint32_t capacity = header.capacity;
  if (auto failure = check_capacity(capacity)) return *failure;
  if (auto failure = check_bytes(aligned, aligned_bytes(capacity))) return *failure;
  if (auto failure = check_indices(header, capacity)) return *failure;
  return capacity;
}

}  // namespace holdfast
