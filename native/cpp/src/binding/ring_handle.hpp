#pragma once

#include <napi.h>

#include <optional>
#include <span>

#include "holdfast/spsc_ring.hpp"

namespace holdfast::binding {

/// One side of a ring in JavaScript: `new RingHandle(memory, records)`, both Uint8Arrays over
/// SharedArrayBuffers. Records pass through `records`, so that a call takes no objects.
///
/// V8 checks the receiver of every method against the class (the signature that Node-API gives
/// them), so a method cannot be called on an object of another type.
class RingHandle : public Napi::ObjectWrap<RingHandle> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit RingHandle(const Napi::CallbackInfo& info);
  ~RingHandle() override;

 private:
  Napi::Value publish(const Napi::CallbackInfo& info);
  Napi::Value drain(const Napi::CallbackInfo& info);
  Napi::Value readable(const Napi::CallbackInfo& info);
  Napi::Value writable(const Napi::CallbackInfo& info);
  Napi::Value close_write(const Napi::CallbackInfo& info);
  Napi::Value is_write_closed(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  /// Returns the ring, or throws HANDLE_CLOSED and returns null.
  SpscRing* open_ring(Napi::Env env);
  static void on_environment_exit(void* handle);
  void remove_exit_hook();

  std::optional<SpscRing> ring_;
  std::span<MarketEvent> records_;
  // These keep both buffers alive for as long as their addresses are held here.
  Napi::ObjectReference memory_reference_;
  Napi::ObjectReference records_reference_;
  bool has_exit_hook_ = false;
};

}  // namespace holdfast::binding
