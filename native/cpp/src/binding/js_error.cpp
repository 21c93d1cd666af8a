#include "js_error.hpp"

#include <string>

#include "holdfast/error_code.hpp"

namespace holdfast::binding {
namespace {

Napi::Error coded_error(Napi::Env env, ErrorCode code, std::string_view message) {
  Napi::Error error = Napi::Error::New(env, std::string(message));
  error.Set("code", Napi::String::New(env, std::string(error_code_name(code))));
  return error;
}

}  // namespace

void throw_failure(Napi::Env env, const Failure& failure) {
  Napi::Error error = coded_error(env, failure.code, failure.rule);
  error.Set("observed", Napi::BigInt::New(env, failure.observed));
  error.ThrowAsJavaScriptException();
}

void throw_argument(Napi::Env env, std::string_view rule) {
  coded_error(env, ErrorCode::kArgumentInvalid, rule).ThrowAsJavaScriptException();
}

void throw_closed(Napi::Env env) {
  coded_error(env, ErrorCode::kHandleClosed, "ring must be open; it was used after close()")
      .ThrowAsJavaScriptException();
}

}  // namespace holdfast::binding
