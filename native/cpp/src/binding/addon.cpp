#include <napi.h>

#include <bit>
#include <cstdint>
#include <string_view>

#include "arguments.hpp"
#include "holdfast/spsc_ring.hpp"
#include "js_error.hpp"
#include "layout.hpp"
#include "ring_side.hpp"

namespace holdfast::binding {
namespace {

/// 4 KiB, a page: nothing that Holdfast places needs more.
constexpr std::uint32_t kAlignmentMax = 4096;

/// The addon's face in one environment; each worker thread that loads it gets its own.
class MarketAddon : public Napi::Addon<MarketAddon> {
 public:
  MarketAddon(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {
                             InstanceMethod<&MarketAddon::alignment_offset_of>("alignmentOffset"),
                             InstanceMethod<&MarketAddon::ring_bytes>("ringBytes"),
                             InstanceMethod<&MarketAddon::initialize_ring>("initializeRing"),
                             InstanceMethod<&MarketAddon::layout_of_records>("layout"),
                             InstanceMethod<&MarketAddon::open_ring_side>("openRing"),
                         });
  }

 private:
  /// alignmentOffset(bytes, alignment): the bytes to skip to the next aligned address.
  Napi::Value alignment_offset_of(const Napi::CallbackInfo& info) {
    const auto bytes = bytes_argument(info, 0, "bytes must be a Uint8Array");
    if (!bytes) return {};
    constexpr std::string_view rule = "alignment must be a power of two, at most 4096";
    const auto alignment = uint32_argument(info, 1, kAlignmentMax, rule);
    if (!alignment) return {};
    if (!std::has_single_bit(*alignment)) {
      throw_argument(info.Env(), rule);
      return {};
    }
    const auto address = reinterpret_cast<std::uintptr_t>(bytes->data());
    return Napi::Number::New(info.Env(),
                             static_cast<double>(alignment_offset(address, *alignment)));
  }

  /// ringBytes(capacity): the bytes to allocate for a ring of that many records.
  Napi::Value ring_bytes(const Napi::CallbackInfo& info) {
    const auto capacity = uint32_argument(info, 0, UINT32_MAX, "capacity must be an integer");
    if (!capacity) return {};
    Result<std::size_t> needed = SpscRing::bytes_needed(*capacity);
    if (needed.ok()) return Napi::Number::New(info.Env(), static_cast<double>(needed.value()));
    throw_failure(info.Env(), needed.failure());
    return {};
  }

  /// initializeRing(memory, capacity): writes an empty ring into zeroed memory.
  Napi::Value initialize_ring(const Napi::CallbackInfo& info) {
    const auto memory =
        shared_bytes_argument(info, 0, "memory must be a Uint8Array over a SharedArrayBuffer");
    if (!memory) return {};
    const auto capacity = uint32_argument(info, 1, UINT32_MAX, "capacity must be an integer");
    if (!capacity) return {};
    const auto failure = SpscRing::initialize(*memory, *capacity);
    if (failure) throw_failure(info.Env(), *failure);
    return info.Env().Undefined();
  }

  Napi::Value open_ring_side(const Napi::CallbackInfo& info) { return open_ring(info); }

  Napi::Value layout_of_records(const Napi::CallbackInfo& info) { return layout(info.Env()); }
};

}  // namespace
}  // namespace holdfast::binding

using MarketAddon = holdfast::binding::MarketAddon;
NODE_API_NAMED_ADDON(market, MarketAddon)
