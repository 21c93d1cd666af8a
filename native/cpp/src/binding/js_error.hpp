#pragma once

#include <napi.h>

#include <string_view>

#include "holdfast/result.hpp"

namespace holdfast::binding {

/// Throws a plain JavaScript error with the failure's `code` and, as a bigint, the value
/// `observed`; the TypeScript side makes a HoldfastError of it and ends the message with the value.
void throw_failure(Napi::Env env, const Failure& failure);

/// Throws ARGUMENT_INVALID. TypeScript checks arguments first and names the value; this is the
/// second assertion of the pair, so `rule` names the argument and its rule only.
void throw_argument(Napi::Env env, std::string_view rule);

/// Throws HANDLE_CLOSED.
void throw_closed(Napi::Env env);

}  // namespace holdfast::binding
