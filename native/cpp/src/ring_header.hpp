#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "holdfast/result.hpp"
#include "holdfast/ring_layout.hpp"

namespace holdfast {

static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic_ref<std::uint32_t>::is_always_lock_free);

/// A word of the header as both threads may touch it.
template <typename T>
std::atomic_ref<T> shared(T& word) noexcept {
  return std::atomic_ref<T>(word);
}

[[nodiscard]] Failure ring_failure(std::string_view rule, std::uint64_t observed) noexcept;

/// The failure of a ring whose indices are further apart than its capacity.
[[nodiscard]] Failure indices_failure(std::uint64_t used) noexcept;

/// Returns the bytes of the header and the slots, from an aligned address on.
[[nodiscard]] constexpr std::size_t aligned_bytes(std::uint32_t capacity) noexcept {
  return kRingHeaderBytes + std::size_t{capacity} * kMarketEventBytes;
}

/// Returns the part of `memory` that starts at a cache line.
[[nodiscard]] std::span<std::byte> align(std::span<std::byte> memory) noexcept;

/// The header is an implicit-lifetime type, so the bytes of a buffer may be used as one.
[[nodiscard]] inline RingHeader* header_of(std::span<std::byte> aligned) noexcept {
  return reinterpret_cast<RingHeader*>(aligned.data());
}

[[nodiscard]] std::optional<Failure> check_capacity(std::uint32_t capacity) noexcept;

[[nodiscard]] std::optional<Failure> check_bytes(std::span<std::byte> aligned,
                                                 std::size_t needed) noexcept;

/// Returns the capacity that the header states, once everything in the header has been checked.
[[nodiscard]] Result<std::uint32_t> check_header(std::span<std::byte> aligned) noexcept;

}  // namespace holdfast
