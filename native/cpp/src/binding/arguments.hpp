#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast::binding {

/// Returns the integer argument at `index` when it is one from 0 to `max`; otherwise throws
/// ARGUMENT_INVALID with `rule` and returns nothing.
std::optional<std::uint32_t> uint32_argument(const Napi::CallbackInfo& info, std::size_t index,
                                             std::uint32_t max, std::string_view rule);

/// Returns the bytes of the Uint8Array at `index`; otherwise throws as above.
std::optional<std::span<std::byte>> bytes_argument(const Napi::CallbackInfo& info,
                                                   std::size_t index, std::string_view rule);

/// Returns the bytes of the Uint8Array at `index` when it lies over a SharedArrayBuffer, the only
/// kind of buffer that can neither be detached nor shrink while native code holds its address.
std::optional<std::span<std::byte>> shared_bytes_argument(const Napi::CallbackInfo& info,
                                                          std::size_t index, std::string_view rule);

}  // namespace holdfast::binding
