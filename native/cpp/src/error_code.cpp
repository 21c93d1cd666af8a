#include "holdfast/error_code.hpp"

namespace holdfast {

std::string_view error_code_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kArgumentInvalid:
      return "ARGUMENT_INVALID";
    case ErrorCode::kRingInvalid:
      return "RING_INVALID";
    case ErrorCode::kHandleClosed:
      return "HANDLE_CLOSED";
  }
  // Reached only by a value cast from outside the enumeration.
  return "ARGUMENT_INVALID";
}

}  // namespace holdfast
