#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "holdfast/error_code.hpp"

namespace holdfast {

/// Why an operation was refused. `rule` is a static sentence that names the field, the rule and
/// the way out; `observed` is the value that broke the rule.
struct Failure {
  ErrorCode code;
  std::string_view rule;
  std::uint64_t observed;
};

/// A value or the reason why there is none; stands in for std::expected, which C++20 lacks.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) noexcept : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) noexcept : state_(std::in_place_index<1>, failure) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }

  /// Precondition: `ok()`.
  [[nodiscard]] T& value() noexcept { return *std::get_if<0>(&state_); }

  /// Precondition: `!ok()`.
  [[nodiscard]] const Failure& failure() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};

}  // namespace holdfast
