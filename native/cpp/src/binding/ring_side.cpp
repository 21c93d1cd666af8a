#include "ring_side.hpp"

#include <cstdint>
#include <utility>

#include "arguments.hpp"
#include "js_error.hpp"

namespace holdfast::binding {
namespace {

using SharedSide = std::shared_ptr<RingSide>;

/// Returns the staging buffer as records and the line behind them, when it is aligned and of a
/// fitting size.
std::optional<Staging> staging_of(std::span<std::byte> bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t lines = bytes.size() / kMarketEventBytes;
  const bool is_fitting = bytes.size() % kMarketEventBytes == 0 && lines >= 2 &&
                          lines <= kRingBatchMax + 1 &&
                          alignment_offset(address, kCacheLineBytes) == 0;
  if (!is_fitting) return std::nullopt;
  // Both are implicit-lifetime types, so the bytes of a buffer may be used as them.
  const std::span records(reinterpret_cast<MarketEvent*>(bytes.data()), lines - 1);
  return Staging{records, reinterpret_cast<Transfer*>(bytes.data() + records.size_bytes())};
}

/// Leaves the count for JavaScript, or throws.
void leave_or_throw(Napi::Env env, const RingSide& side, Result<std::size_t> count) {
  if (count.ok()) {
    side.staging().transfer->moved = static_cast<std::uint32_t>(count.value());
  } else {
    throw_failure(env, count.failure());
  }
}

/// Publishes the staged records that the transfer names.
void publish(RingSide& side, Napi::Env env) {
  SpscRing* ring = side.open_ring(env);
  if (ring == nullptr) return;
  const auto& [records, transfer] = side.staging();
  const std::size_t count = transfer->count;
  const std::size_t from = transfer->from;
  if (count > records.size() || from > records.size() - count) {
    throw_argument(env, "count and from must be within the staged records");
    return;
  }
  leave_or_throw(env, side, ring->publish(records.subspan(from, count)));
}

/// Moves as many records as the transfer says to the start of the staging buffer.
void drain(RingSide& side, Napi::Env env) {
  SpscRing* ring = side.open_ring(env);
  if (ring == nullptr) return;
  const auto& [records, transfer] = side.staging();
  const std::size_t count = transfer->count;
  if (count > records.size()) {
    throw_argument(env, "count must be within the staged records");
    return;
  }
  leave_or_throw(env, side, ring->drain(records.first(count)));
}

/// Leaves where the oldest records stand in the ring.
void peek(RingSide& side, Napi::Env env) {
  SpscRing* ring = side.open_ring(env);
  if (ring == nullptr) return;
  Transfer& transfer = *side.staging().transfer;
  Result<SlotRange> range = ring->peek(transfer.count);
  if (!range.ok()) {
    throw_failure(env, range.failure());
    return;
  }
  transfer.from = static_cast<std::uint32_t>(range.value().first);
  transfer.moved = static_cast<std::uint32_t>(range.value().events.size());
}

/// Gives the slots of the oldest records back.
void consume(RingSide& side, Napi::Env env) {
  SpscRing* ring = side.open_ring(env);
  if (ring == nullptr) return;
  if (auto failure = ring->consume(side.staging().transfer->count)) throw_failure(env, *failure);
}

Napi::Value readable(RingSide& side, const Napi::CallbackInfo& info) {
  const SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Number::New(info.Env(), static_cast<double>(ring->readable()));
}

Napi::Value writable(RingSide& side, const Napi::CallbackInfo& info) {
  const SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Number::New(info.Env(), static_cast<double>(ring->writable()));
}

Napi::Value close_write(RingSide& side, const Napi::CallbackInfo& info) {
  SpscRing* ring = side.open_ring(info.Env());
  if (ring != nullptr) ring->close_write();
  return info.Env().Undefined();
}

Napi::Value is_write_closed(RingSide& side, const Napi::CallbackInfo& info) {
  const SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Boolean::New(info.Env(), ring->is_write_closed());
}

Napi::Value stats(RingSide& side, const Napi::CallbackInfo& info) {
  const SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  const RingStats stats = ring->stats();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("published", Napi::BigInt::New(info.Env(), stats.published));
  object.Set("drained", Napi::BigInt::New(info.Env(), stats.drained));
  object.Set("stalls", Napi::BigInt::New(info.Env(), stats.stalls));
  object.Set("capacity", Napi::Number::New(info.Env(), stats.capacity));
  return object;
}

Napi::Value close(RingSide& side, const Napi::CallbackInfo& info) {
  side.close();
  return info.Env().Undefined();
}

/// Defines `name` on `object` as a closure that shares the ownership of `side`.
template <Napi::Value (*kOperation)(RingSide&, const Napi::CallbackInfo&)>
void define(Napi::Object object, const char* name, const SharedSide& side) {
  const auto call = [side](const Napi::CallbackInfo& info) { return kOperation(*side, info); };
  object.Set(name, Napi::Function::New(object.Env(), call, name));
}

using PlainOperation = void (*)(RingSide&, Napi::Env);

template <PlainOperation kOperation>
napi_value call_plain(napi_env env, napi_callback_info info) {
  void* side = nullptr;
  const napi_status status = napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &side);
  if (status == napi_ok) kOperation(**static_cast<SharedSide*>(side), env);
  return nullptr;
}

void release_side(napi_env /*env*/, void* side, void* /*hint*/) {
  const std::unique_ptr<SharedSide> owner(static_cast<SharedSide*>(side));
}

/// Defines `name` on `object` as a function without arguments and result, which shares the
/// ownership of `side`. The wrapper of the library would make handles for both at every call.
template <PlainOperation kOperation>
void define_plain(Napi::Object object, const char* name, const SharedSide& side) {
  const napi_env env = object.Env();
  auto owner = std::make_unique<SharedSide>(side);
  napi_value function = nullptr;
  const napi_status made = napi_create_function(env, name, NAPI_AUTO_LENGTH, call_plain<kOperation>,
                                                owner.get(), &function);
  NAPI_THROW_IF_FAILED_VOID(env, made);
  const napi_status kept =
      napi_add_finalizer(env, function, owner.get(), release_side, nullptr, nullptr);
  NAPI_THROW_IF_FAILED_VOID(env, kept);
  // From here on the finalizer owns it.
  static_cast<void>(owner.release());
  object.Set(name, function);
}

Napi::Object functions_of(Napi::Env env, const SharedSide& side) {
  Napi::Object object = Napi::Object::New(env);
  define_plain<publish>(object, "publish", side);
  define_plain<drain>(object, "drain", side);
  define_plain<peek>(object, "peek", side);
  define_plain<consume>(object, "consume", side);
  define<readable>(object, "readable", side);
  define<writable>(object, "writable", side);
  define<close_write>(object, "closeWrite", side);
  define<is_write_closed>(object, "isWriteClosed", side);
  define<stats>(object, "stats", side);
  define<close>(object, "close", side);
  return object;
}

}  // namespace

RingSide::RingSide(Napi::Env env, SpscRing ring, Staging staging)
    : env_(env),
      ring_(std::move(ring)),
      staging_(staging),
      has_exit_hook_(napi_add_env_cleanup_hook(env, on_environment_exit, this) == napi_ok) {}

RingSide::~RingSide() {
  remove_exit_hook();
}

void RingSide::keep_alive(Napi::Object memory, Napi::Object records) {
  memory_reference_ = Napi::Persistent(memory);
  records_reference_ = Napi::Persistent(records);
}

SpscRing* RingSide::open_ring(Napi::Env env) {
  if (ring_) return &*ring_;
  throw_closed(env);
  return nullptr;
}

void RingSide::close() {
  ring_.reset();
  staging_ = {};
  memory_reference_.Reset();
  records_reference_.Reset();
  remove_exit_hook();
}

/// A worker that ends, or is terminated, lets go of its side before its memory may be freed.
void RingSide::on_environment_exit(void* side) {
  auto* self = static_cast<RingSide*>(side);
  self->has_exit_hook_ = false;
  self->ring_.reset();
}

void RingSide::remove_exit_hook() {
  if (std::exchange(has_exit_hook_, false)) {
    napi_remove_env_cleanup_hook(env_, on_environment_exit, this);
  }
}

Napi::Value open_ring(const Napi::CallbackInfo& info) {
  const auto memory =
      shared_bytes_argument(info, 0, "memory must be a Uint8Array over a SharedArrayBuffer");
  if (!memory) return {};
  const auto bytes =
      shared_bytes_argument(info, 1, "staging must be a Uint8Array over a SharedArrayBuffer");
  if (!bytes) return {};
  const auto staging = staging_of(*bytes);
  if (!staging) {
    throw_argument(info.Env(),
                   "staging must be 64-byte aligned and hold 1 to 1024 records and one line more");
    return {};
  }
  Result<SpscRing> ring = SpscRing::attach(*memory);
  if (!ring.ok()) {
    throw_failure(info.Env(), ring.failure());
    return {};
  }
  const SharedSide side = std::make_unique<RingSide>(info.Env(), std::move(ring.value()), *staging);
  side->keep_alive(info[0].As<Napi::Object>(), info[1].As<Napi::Object>());
  return functions_of(info.Env(), side);
}

}  // namespace holdfast::binding
