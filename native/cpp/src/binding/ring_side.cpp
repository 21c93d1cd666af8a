#include "ring_side.hpp"

#include <cstdint>
#include <utility>

#include "arguments.hpp"
#include "js_error.hpp"

namespace holdfast::binding {
namespace {

using SharedSide = std::shared_ptr<RingSide>;

/// Returns the staging buffer as records, when it is aligned and of a fitting size.
std::optional<std::span<MarketEvent>> staging_records(std::span<std::byte> bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t count = bytes.size() / kMarketEventBytes;
  const bool is_fitting = bytes.size() % kMarketEventBytes == 0 && count >= 1 &&
                          count <= kRingBatchMax && alignment_offset(address, kCacheLineBytes) == 0;
  if (!is_fitting) return std::nullopt;
  // MarketEvent is an implicit-lifetime type, so the bytes of a buffer may be used as records.
  return std::span(reinterpret_cast<MarketEvent*>(bytes.data()), count);
}

Napi::Value count_or_throw(Napi::Env env, Result<std::size_t>& count) {
  if (count.ok()) return Napi::Number::New(env, static_cast<double>(count.value()));
  throw_failure(env, count.failure());
  return {};
}

/// publish(count, from): publishes `count` staged records from index `from` on.
Napi::Value publish(RingSide& side, const Napi::CallbackInfo& info) {
  SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  const auto batch_max = static_cast<std::uint32_t>(side.records().size());
  const auto count =
      uint32_argument(info, 0, batch_max, "count must be an integer from 0 to the batch size");
  if (!count) return {};
  const auto from = uint32_argument(info, 1, batch_max - *count,
                                    "from must be an integer and from + count fit the batch");
  if (!from) return {};
  Result<std::size_t> accepted = ring->publish(side.records().subspan(*from, *count));
  return count_or_throw(info.Env(), accepted);
}

/// drain(max): moves up to `max` records to the start of the staging buffer.
Napi::Value drain(RingSide& side, const Napi::CallbackInfo& info) {
  SpscRing* ring = side.open_ring(info.Env());
  if (ring == nullptr) return {};
  const auto batch_max = static_cast<std::uint32_t>(side.records().size());
  const auto max =
      uint32_argument(info, 0, batch_max, "max must be an integer from 0 to the batch size");
  if (!max) return {};
  Result<std::size_t> drained = ring->drain(side.records().first(*max));
  return count_or_throw(info.Env(), drained);
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

Napi::Object functions_of(Napi::Env env, const SharedSide& side) {
  Napi::Object object = Napi::Object::New(env);
  define<publish>(object, "publish", side);
  define<drain>(object, "drain", side);
  define<readable>(object, "readable", side);
  define<writable>(object, "writable", side);
  define<close_write>(object, "closeWrite", side);
  define<is_write_closed>(object, "isWriteClosed", side);
  define<stats>(object, "stats", side);
  define<close>(object, "close", side);
  return object;
}

}  // namespace

RingSide::RingSide(Napi::Env env, SpscRing ring, std::span<MarketEvent> records)
    : env_(env),
      ring_(std::move(ring)),
      records_(records),
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
  records_ = {};
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
      shared_bytes_argument(info, 1, "records must be a Uint8Array over a SharedArrayBuffer");
  if (!bytes) return {};
  const auto records = staging_records(*bytes);
  if (!records) {
    throw_argument(info.Env(), "records must be 64-byte aligned and hold 1 to 1024 whole records");
    return {};
  }
  Result<SpscRing> ring = SpscRing::attach(*memory);
  if (!ring.ok()) {
    throw_failure(info.Env(), ring.failure());
    return {};
  }
  const SharedSide side = std::make_unique<RingSide>(info.Env(), std::move(ring.value()), *records);
  side->keep_alive(info[0].As<Napi::Object>(), info[1].As<Napi::Object>());
  return functions_of(info.Env(), side);
}

}  // namespace holdfast::binding
