#include "layout.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>

#include "holdfast/error_code.hpp"
#include "holdfast/market_event.hpp"
#include "holdfast/ring_layout.hpp"

namespace holdfast::binding {
namespace {

using Entry = std::pair<const char*, std::size_t>;

Napi::Object numbers(Napi::Env env, std::initializer_list<Entry> entries) {
  Napi::Object object = Napi::Object::New(env);
  for (const auto& [name, value] : entries) {
    object.Set(name, Napi::Number::New(env, static_cast<double>(value)));
  }
  return object;
}

Napi::Object event_offsets(Napi::Env env) {
  return numbers(env, {
                          {"tsEventNs", offsetof(MarketEvent, ts_event_ns)},
                          {"tsRecvNs", offsetof(MarketEvent, ts_recv_ns)},
                          {"sequence", offsetof(MarketEvent, sequence)},
                          {"priceTicks", offsetof(MarketEvent, price_ticks)},
                          {"quantityLots", offsetof(MarketEvent, quantity_lots)},
                          {"aux0", offsetof(MarketEvent, aux0)},
                          {"aux1", offsetof(MarketEvent, aux1)},
                          {"instrument", offsetof(MarketEvent, instrument)},
                          {"kind", offsetof(MarketEvent, kind)},
                          {"flags", offsetof(MarketEvent, flags)},
                          {"stream", offsetof(MarketEvent, stream)},
                      });
}

std::size_t number_of(EventKind kind) noexcept {
  return static_cast<std::size_t>(kind);
}

Napi::Object event_kinds(Napi::Env env) {
  return numbers(env, {
                          {"trade", number_of(EventKind::kTrade)},
                          {"quote", number_of(EventKind::kQuote)},
                          {"depth", number_of(EventKind::kDepth)},
                          {"bar", number_of(EventKind::kBar)},
                          {"gap", number_of(EventKind::kGap)},
                          {"status", number_of(EventKind::kStatus)},
                      });
}

Napi::Object event_flags(Napi::Env env) {
  return numbers(env, {
                          {"sell", kFlagSell},
                          {"snapshot", kFlagSnapshot},
                          {"lastOfBatch", kFlagLastOfBatch},
                      });
}

Napi::Object ring_layout(Napi::Env env) {
  return numbers(env, {
                          {"layoutVersion", kRingLayoutVersion},
                          {"headerBytes", kRingHeaderBytes},
                          {"capacityMax", kRingCapacityMax},
                          {"batchMax", kRingBatchMax},
                          {"recordsWakeBytes", offsetof(RingHeader, records_wake)},
                          {"spaceWakeBytes", offsetof(RingHeader, space_wake)},
                      });
}

Napi::Object codes(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  for (const ErrorCode code : kErrorCodes) {
    object.Set(std::string(error_code_name(code)),
               Napi::Number::New(env, static_cast<double>(code)));
  }
  return object;
}

}  // namespace

Napi::Object layout(Napi::Env env) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("eventBytes", Napi::Number::New(env, static_cast<double>(kMarketEventBytes)));
  object.Set("eventOffsets", event_offsets(env));
  object.Set("eventKinds", event_kinds(env));
  object.Set("eventFlags", event_flags(env));
  object.Set("ring", ring_layout(env));
  object.Set("codes", codes(env));
  return object;
}

}  // namespace holdfast::binding
