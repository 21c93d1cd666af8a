#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace holdfast {

static_assert(std::endian::native == std::endian::little,
              "records are little endian and cross threads and files as raw bytes");

/// What a market event says. Zero is no kind, so that zeroed memory is never a valid event.
enum class EventKind : std::uint8_t {
  kTrade = 1,
  kQuote = 2,
  kDepth = 3,
  kBar = 4,
  kGap = 5,
  kStatus = 6,
};

/// The aggressor of a trade, or the side of a level, sold; unset is a buy.
inline constexpr std::uint8_t kFlagSell = 1U << 0;
/// The event belongs to a full snapshot, not to a change.
inline constexpr std::uint8_t kFlagSnapshot = 1U << 1;
/// The last record of a message; the second record of a bar carries it.
inline constexpr std::uint8_t kFlagLastOfBatch = 1U << 2;

/// One market event: a whole cache line, the same bytes in C++, Rust and TypeScript.
///
/// A bar takes two consecutive records: the first is {open time, open, volume, aux0 = high,
/// aux1 = low}, the second {close time, close, volume, last of batch}.
struct alignas(64) MarketEvent {
  std::int64_t ts_event_ns;
  std::int64_t ts_recv_ns;
  std::uint64_t sequence;      // Assigned by the ring at publish, from 0.
  std::int64_t price_ticks;    // Bid price of a quote.
  std::int64_t quantity_lots;  // Bid quantity of a quote; volume of a bar.
  std::int64_t aux0;           // Ask price of a quote; trade id; first update id; high of a bar.
  std::int64_t aux1;           // Ask quantity of a quote; last update id; low of a bar.
  std::uint32_t instrument;
  EventKind kind;
  std::uint8_t flags;
  std::uint16_t stream;
};

inline constexpr std::size_t kMarketEventBytes = 64;

static_assert(sizeof(MarketEvent) == kMarketEventBytes);
static_assert(alignof(MarketEvent) == kMarketEventBytes);
static_assert(std::is_trivially_copyable_v<MarketEvent>);
static_assert(std::is_standard_layout_v<MarketEvent>);
static_assert(offsetof(MarketEvent, ts_event_ns) == 0);
static_assert(offsetof(MarketEvent, ts_recv_ns) == 8);
static_assert(offsetof(MarketEvent, sequence) == 16);
static_assert(offsetof(MarketEvent, price_ticks) == 24);
static_assert(offsetof(MarketEvent, quantity_lots) == 32);
static_assert(offsetof(MarketEvent, aux0) == 40);
static_assert(offsetof(MarketEvent, aux1) == 48);
static_assert(offsetof(MarketEvent, instrument) == 56);
static_assert(offsetof(MarketEvent, kind) == 60);
static_assert(offsetof(MarketEvent, flags) == 61);
static_assert(offsetof(MarketEvent, stream) == 62);

}  // namespace holdfast
