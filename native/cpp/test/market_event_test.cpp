#include "holdfast/market_event.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace holdfast {
namespace {

using Bytes = std::array<unsigned char, kMarketEventBytes>;

Bytes bytes_of(const MarketEvent& event) {
  Bytes bytes{};
  std::memcpy(bytes.data(), &event, bytes.size());
  return bytes;
}

TEST(MarketEventTest, fields_lie_at_the_documented_bytes_in_little_endian) {
  const Bytes bytes = bytes_of(MarketEvent{
      .ts_event_ns = 0x01,
      .ts_recv_ns = 0x02,
      .sequence = 0x03,
      .price_ticks = 0x0405,
      .quantity_lots = -1,
      .aux0 = 0x06,
      .aux1 = 0x07,
      .instrument = 0x0B0A0908,
      .kind = EventKind::kBar,
      .flags = kFlagLastOfBatch,
      .stream = 0x0D0C,
  });
  EXPECT_EQ(bytes[0], 0x01);
  EXPECT_EQ(bytes[8], 0x02);
  EXPECT_EQ(bytes[16], 0x03);
  EXPECT_EQ(bytes[24], 0x05);
  EXPECT_EQ(bytes[25], 0x04);
  EXPECT_EQ(bytes[39], 0xFF);
  EXPECT_EQ(bytes[40], 0x06);
  EXPECT_EQ(bytes[48], 0x07);
  EXPECT_EQ(bytes[56], 0x08);
  EXPECT_EQ(bytes[59], 0x0B);
  EXPECT_EQ(bytes[60], 4);
  EXPECT_EQ(bytes[61], 4);
  EXPECT_EQ(bytes[62], 0x0C);
  EXPECT_EQ(bytes[63], 0x0D);
}

TEST(MarketEventTest, flags_are_separate_bits) {
  EXPECT_EQ(kFlagSell | kFlagSnapshot | kFlagLastOfBatch, 0b111);
}

TEST(MarketEventTest, kinds_are_numbered_from_one) {
  EXPECT_EQ(static_cast<int>(EventKind::kTrade), 1);
  EXPECT_EQ(static_cast<int>(EventKind::kQuote), 2);
  EXPECT_EQ(static_cast<int>(EventKind::kDepth), 3);
  EXPECT_EQ(static_cast<int>(EventKind::kBar), 4);
  EXPECT_EQ(static_cast<int>(EventKind::kGap), 5);
  EXPECT_EQ(static_cast<int>(EventKind::kStatus), 6);
}

}  // namespace
}  // namespace holdfast
