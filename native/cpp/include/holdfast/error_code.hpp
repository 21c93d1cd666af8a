#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {

/// The codes that the market addon raises, numbered as in the one table of the Rust core
/// (`native/rust/core/src/code.rs`). A test of the TypeScript side compares the numbers.
enum class ErrorCode : std::uint16_t {
  kArgumentInvalid = 1,
  kRingInvalid = 40,
  kHandleClosed = 51,
};

inline constexpr std::array kErrorCodes = {
    ErrorCode::kArgumentInvalid,
    ErrorCode::kRingInvalid,
    ErrorCode::kHandleClosed,
};

/// Returns the stable name of a code, such as "RING_INVALID".
[[nodiscard]] std::string_view error_code_name(ErrorCode code) noexcept;

}  // namespace holdfast
