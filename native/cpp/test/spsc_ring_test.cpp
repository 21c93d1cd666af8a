#include "holdfast/spsc_ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "ring_fixture.hpp"

namespace holdfast {
namespace {

TEST(SpscRingTest, an_empty_ring_drains_nothing) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  EXPECT_TRUE(drain(ring, 8).empty());
  EXPECT_EQ(ring.readable(), 0U);
  EXPECT_EQ(ring.writable(), 8U);
  EXPECT_EQ(ring.stats().drained, 0U);
}

TEST(SpscRingTest, events_come_out_whole_in_order_and_numbered) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 100, 5), 5U);
  EXPECT_EQ(ring.readable(), 5U);
  const std::vector<MarketEvent> events = drain(ring, 8);
  ASSERT_EQ(events.size(), 5U);
  for (std::uint64_t i = 0; i < events.size(); ++i) {
    EXPECT_TRUE(is_event(events[i], 100 + i, i));
  }
}

TEST(SpscRingTest, a_full_ring_takes_what_fits_and_counts_the_stall) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 0, 6), 6U);
  EXPECT_EQ(publish(ring, 6, 6), 2U);
  EXPECT_EQ(publish(ring, 8, 1), 0U);
  EXPECT_EQ(ring.writable(), 0U);
  EXPECT_EQ(ring.stats().stalls, 2U);
  EXPECT_EQ(ring.stats().published, 8U);
  const std::vector<MarketEvent> events = drain(ring, 100);
  ASSERT_EQ(events.size(), 8U);
  for (std::uint64_t i = 0; i < events.size(); ++i) {
    EXPECT_TRUE(is_event(events[i], i, i));
  }
}

TEST(SpscRingTest, a_batch_larger_than_the_ring_is_taken_in_parts) {
  RingMemory memory(4);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 0, 9), 4U);
  EXPECT_EQ(drain(ring, 9).size(), 4U);
  EXPECT_EQ(publish(ring, 4, 5), 4U);
  EXPECT_EQ(drain(ring, 9).size(), 4U);
  EXPECT_EQ(publish(ring, 8, 1), 1U);
  const std::vector<MarketEvent> events = drain(ring, 9);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(is_event(events[0], 8, 8));
}

TEST(SpscRingTest, an_empty_batch_is_no_stall) {
  RingMemory memory(1);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 0, 1), 1U);
  EXPECT_EQ(publish(ring, 1, 0), 0U);
  EXPECT_TRUE(drain(ring, 0).empty());
  EXPECT_EQ(ring.stats().stalls, 0U);
}

/// Every batch size against every starting slot, so that each split at the end is met.
TEST(SpscRingTest, wraps_around_at_every_slot_with_every_batch_size) {
  constexpr std::uint32_t kCapacity = 16;
  for (std::size_t start = 0; start < kCapacity; ++start) {
    for (std::size_t batch = 1; batch <= kCapacity; ++batch) {
      RingMemory memory(kCapacity);
      SpscRing ring = attach(memory);
      ASSERT_EQ(publish(ring, 0, start), start);
      ASSERT_EQ(drain(ring, start).size(), start);
      ASSERT_EQ(publish(ring, start, batch), batch);
      const std::vector<MarketEvent> events = drain(ring, kCapacity);
      ASSERT_EQ(events.size(), batch);
      for (std::size_t i = 0; i < batch; ++i) {
        ASSERT_TRUE(is_event(events[i], start + i, start + i)) << start << " " << batch;
      }
    }
  }
}

TEST(SpscRingTest, a_ring_of_one_record_works) {
  RingMemory memory(1);
  SpscRing ring = attach(memory);
  for (std::uint64_t i = 0; i < 5; ++i) {
    ASSERT_EQ(publish(ring, i, 2), 1U);
    const std::vector<MarketEvent> events = drain(ring, 2);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(is_event(events[0], i, i));
  }
}

TEST(SpscRingTest, closing_the_write_side_refuses_publishes_and_keeps_the_records) {
  RingMemory memory(8);
  SpscRing producer = attach(memory);
  SpscRing consumer = attach(memory);
  EXPECT_EQ(publish(producer, 0, 3), 3U);
  EXPECT_FALSE(consumer.is_write_closed());
  producer.close_write();
  EXPECT_TRUE(consumer.is_write_closed());
  Result<std::size_t> refused = producer.publish(events_from(3, 1));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code, ErrorCode::kHandleClosed);
  EXPECT_EQ(drain(consumer, 8).size(), 3U);
  EXPECT_TRUE(drain(consumer, 8).empty());
}

TEST(SpscRingTest, the_staged_records_of_the_producer_stay_as_they_were) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 0, 4), 4U);
  const std::vector<MarketEvent> staged = events_from(4, 2);
  EXPECT_TRUE(ring.publish(staged).ok());
  EXPECT_TRUE(is_event(staged[1], 5, 0));
}

TEST(SpscRingTest, a_second_producer_is_refused_until_the_first_is_gone) {
  RingMemory memory(8);
  SpscRing second = attach(memory);
  {
    SpscRing first = attach(memory);
    EXPECT_EQ(publish(first, 0, 2), 2U);
    Result<std::size_t> refused = second.publish(events_from(2, 1));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.failure().code, ErrorCode::kRingInvalid);
  }
  EXPECT_EQ(publish(second, 2, 1), 1U);
  EXPECT_EQ(drain(second, 8).size(), 3U);
}

TEST(SpscRingTest, a_second_consumer_is_refused_until_the_first_is_released) {
  RingMemory memory(8);
  SpscRing first = attach(memory);
  SpscRing second = attach(memory);
  EXPECT_EQ(publish(first, 0, 4), 4U);
  EXPECT_EQ(drain(first, 1).size(), 1U);
  std::vector<MarketEvent> into(8);
  ASSERT_FALSE(second.drain(into).ok());
  first.release();
  first.release();
  const std::vector<MarketEvent> rest = drain(second, 8);
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_TRUE(is_event(rest[0], 1, 1));
}

TEST(SpscRingTest, a_moved_view_keeps_its_side_and_the_old_one_lets_go) {
  RingMemory memory(8);
  SpscRing first = attach(memory);
  EXPECT_EQ(publish(first, 0, 2), 2U);
  SpscRing moved = std::move(first);
  EXPECT_EQ(publish(moved, 2, 2), 2U);
  SpscRing other = attach(memory);
  other = std::move(moved);
  EXPECT_EQ(publish(other, 4, 2), 2U);
  EXPECT_EQ(drain(other, 8).size(), 6U);
}

}  // namespace
}  // namespace holdfast
