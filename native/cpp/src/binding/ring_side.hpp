#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "holdfast/spsc_ring.hpp"

namespace holdfast::binding {

/// What a transfer of records is told and leaves, in the last cache line of the staging buffer: a
/// call without arguments and result costs a fraction of one that has them.
struct Transfer {
  /// Records to publish, or the most to drain.
  std::uint32_t count;
  /// Index of the first staged record to publish; after a peek, the slot of the first record.
  std::uint32_t from;
  /// Records that were moved, or stand where `from` says.
  std::uint32_t moved;
};

/// The memory that records pass through.
struct Staging {
  std::span<MarketEvent> records;
  Transfer* transfer = nullptr;
};

/// One side of a ring as JavaScript holds it: the view of the ring, the staging buffer that
/// records pass through, and what keeps both buffers alive.
class RingSide {
 public:
  RingSide(Napi::Env env, SpscRing ring, Staging staging);
  RingSide(const RingSide&) = delete;
  RingSide& operator=(const RingSide&) = delete;
  ~RingSide();

  /// Keeps the buffers alive for as long as this side holds their addresses.
  void keep_alive(Napi::Object memory, Napi::Object records);

  /// Returns the ring, or throws HANDLE_CLOSED and returns null.
  [[nodiscard]] SpscRing* open_ring(Napi::Env env);

  [[nodiscard]] const Staging& staging() const noexcept { return staging_; }

  /// Lets go of the ring and of both buffers. Idempotent.
  void close();

 private:
  static void on_environment_exit(void* side);
  void remove_exit_hook();

  napi_env env_;
  std::optional<SpscRing> ring_;
  Staging staging_;
  Napi::ObjectReference memory_reference_;
  Napi::ObjectReference records_reference_;
  bool has_exit_hook_;
};

/// openRing(memory, staging): returns an object of functions on one side of the ring in `memory`.
/// Both arguments are Uint8Arrays over SharedArrayBuffers. The functions are closures over the
/// side and use no receiver: that halves the cost of a call, because nothing is unwrapped, and
/// leaves no way to call one on a foreign object.
Napi::Value open_ring(const Napi::CallbackInfo& info);

}  // namespace holdfast::binding
