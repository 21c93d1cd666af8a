#include "arguments.hpp"

#include "js_error.hpp"

namespace holdfast::binding {
namespace {

struct ByteView {
  std::span<std::byte> bytes;
  bool is_shared;
};

std::optional<ByteView> byte_view(const Napi::CallbackInfo& info, std::size_t index) {
  const napi_env env = info.Env();
  const napi_value value = info[index];
  bool is_typed_array = false;
  if (napi_is_typedarray(env, value, &is_typed_array) != napi_ok || !is_typed_array) {
    return std::nullopt;
  }
  napi_typedarray_type type{};
  std::size_t length = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    return std::nullopt;
  }
  // Node-API has no test for a SharedArrayBuffer; it is the only buffer that is no ArrayBuffer.
  bool is_array_buffer = true;
  if (napi_is_arraybuffer(env, buffer, &is_array_buffer) != napi_ok) return std::nullopt;
  return ByteView{{static_cast<std::byte*>(data), length}, !is_array_buffer};
}

}  // namespace

std::optional<std::uint32_t> uint32_argument(const Napi::CallbackInfo& info, std::size_t index,
                                             std::uint32_t max, std::string_view rule) {
  double number = -1;
  const bool is_number = napi_get_value_double(info.Env(), info[index], &number) == napi_ok;
  // The comparison also refuses NaN; the cast is safe because the range was checked before it.
  if (is_number && number >= 0 && number <= static_cast<double>(max)) {
    const auto integer = static_cast<std::uint32_t>(number);
    if (static_cast<double>(integer) == number) return integer;
  }
  throw_argument(info.Env(), rule);
  return std::nullopt;
}

std::optional<std::span<std::byte>> bytes_argument(const Napi::CallbackInfo& info,
                                                   std::size_t index, std::string_view rule) {
  if (const auto view = byte_view(info, index)) return view->bytes;
  throw_argument(info.Env(), rule);
  return std::nullopt;
}

std::optional<std::span<std::byte>> shared_bytes_argument(const Napi::CallbackInfo& info,
                                                          std::size_t index,
                                                          std::string_view rule) {
  const auto view = byte_view(info, index);
  if (view && view->is_shared) return view->bytes;
  throw_argument(info.Env(), rule);
  return std::nullopt;
}

}  // namespace holdfast::binding
