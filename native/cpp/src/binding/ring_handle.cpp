#include "ring_handle.hpp"

#include <cstdint>

#include "arguments.hpp"
#include "js_error.hpp"

namespace holdfast::binding {
namespace {

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

}  // namespace

Napi::Function RingHandle::define(Napi::Env env) {
  return DefineClass(env, "RingHandle",
                     {
                         InstanceMethod<&RingHandle::publish>("publish"),
                         InstanceMethod<&RingHandle::drain>("drain"),
                         InstanceMethod<&RingHandle::readable>("readable"),
                         InstanceMethod<&RingHandle::writable>("writable"),
                         InstanceMethod<&RingHandle::close_write>("closeWrite"),
                         InstanceMethod<&RingHandle::is_write_closed>("isWriteClosed"),
                         InstanceMethod<&RingHandle::stats>("stats"),
                         InstanceMethod<&RingHandle::close>("close"),
                     });
}

RingHandle::RingHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RingHandle>(info) {
  const auto memory =
      shared_bytes_argument(info, 0, "memory must be a Uint8Array over a SharedArrayBuffer");
  if (!memory) return;
  const auto bytes =
      shared_bytes_argument(info, 1, "records must be a Uint8Array over a SharedArrayBuffer");
  if (!bytes) return;
  const auto records = staging_records(*bytes);
  if (!records) {
    throw_argument(info.Env(), "records must be 64-byte aligned and hold 1 to 1024 whole records");
    return;
  }
  Result<SpscRing> ring = SpscRing::attach(*memory);
  if (!ring.ok()) {
    throw_failure(info.Env(), ring.failure());
    return;
  }
  ring_.emplace(std::move(ring.value()));
  records_ = *records;
  memory_reference_ = Napi::Persistent(info[0].As<Napi::Object>());
  records_reference_ = Napi::Persistent(info[1].As<Napi::Object>());
  has_exit_hook_ = napi_add_env_cleanup_hook(info.Env(), on_environment_exit, this) == napi_ok;
}

RingHandle::~RingHandle() {
  remove_exit_hook();
}

/// A worker that ends, or is terminated, lets go of its side before its memory may be freed.
void RingHandle::on_environment_exit(void* handle) {
  auto* self = static_cast<RingHandle*>(handle);
  self->has_exit_hook_ = false;
  self->ring_.reset();
}

void RingHandle::remove_exit_hook() {
  if (!has_exit_hook_) return;
  has_exit_hook_ = false;
  napi_remove_env_cleanup_hook(Env(), on_environment_exit, this);
}

SpscRing* RingHandle::open_ring(Napi::Env env) {
  if (ring_) return &*ring_;
  throw_closed(env);
  return nullptr;
}

/// publish(count, from): publishes `count` staged records from index `from` on.
Napi::Value RingHandle::publish(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  const auto batch_max = static_cast<std::uint32_t>(records_.size());
  const auto count =
      uint32_argument(info, 0, batch_max, "count must be an integer from 0 to the batch size");
  if (!count) return {};
  const auto from = uint32_argument(info, 1, batch_max - *count,
                                    "from must be an integer and from + count fit the batch");
  if (!from) return {};
  Result<std::size_t> accepted = ring->publish(records_.subspan(*from, *count));
  return count_or_throw(info.Env(), accepted);
}

/// drain(max): moves up to `max` records to the start of the staging buffer.
Napi::Value RingHandle::drain(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  const auto batch_max = static_cast<std::uint32_t>(records_.size());
  const auto max =
      uint32_argument(info, 0, batch_max, "max must be an integer from 0 to the batch size");
  if (!max) return {};
  Result<std::size_t> drained = ring->drain(records_.first(*max));
  return count_or_throw(info.Env(), drained);
}

Napi::Value RingHandle::readable(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Number::New(info.Env(), static_cast<double>(ring->readable()));
}

Napi::Value RingHandle::writable(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Number::New(info.Env(), static_cast<double>(ring->writable()));
}

Napi::Value RingHandle::close_write(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring != nullptr) ring->close_write();
  return info.Env().Undefined();
}

Napi::Value RingHandle::is_write_closed(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  return Napi::Boolean::New(info.Env(), ring->is_write_closed());
}

Napi::Value RingHandle::stats(const Napi::CallbackInfo& info) {
  SpscRing* ring = open_ring(info.Env());
  if (ring == nullptr) return {};
  const RingStats stats = ring->stats();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("published", Napi::BigInt::New(info.Env(), stats.published));
  object.Set("drained", Napi::BigInt::New(info.Env(), stats.drained));
  object.Set("stalls", Napi::BigInt::New(info.Env(), stats.stalls));
  object.Set("capacity", Napi::Number::New(info.Env(), stats.capacity));
  return object;
}

/// Lets go of the ring and of both buffers. Idempotent.
Napi::Value RingHandle::close(const Napi::CallbackInfo& info) {
  ring_.reset();
  records_ = {};
  memory_reference_.Reset();
  records_reference_.Reset();
  remove_exit_hook();
  return info.Env().Undefined();
}

}  // namespace holdfast::binding
