#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>

#include "holdfast/spsc_ring.hpp"
#include "ring_fixture.hpp"

namespace holdfast {
namespace {

/// A ring and the plain queue that it must agree with at every step.
class Pair {
 public:
  explicit Pair(std::uint32_t capacity)
      : memory_(capacity), ring_(attach(memory_)), capacity_(capacity) {}

  void publish_some(std::size_t count) {
    const std::size_t space = capacity_ - queue_.size();
    const std::size_t expected = std::min(space, count);
    if (expected < count) ++stalls_;
    ASSERT_EQ(publish(ring_, next_seed_, count), expected);
    for (std::size_t i = 0; i < expected; ++i) {
      queue_.push_back(next_seed_++);
    }
  }

  void drain_some(std::size_t max) {
    const std::vector<MarketEvent> events = drain(ring_, max);
    ASSERT_EQ(events.size(), std::min(max, queue_.size()));
    for (const MarketEvent& event : events) {
      ASSERT_TRUE(is_event(event, queue_.front(), queue_.front()));
      queue_.pop_front();
      ++queue_start_;
    }
  }

  void read_in_place(std::size_t max) {
    Result<SlotRange> range = ring_.peek(max);
    ASSERT_TRUE(range.ok());
    const auto [first, events] = range.value();
    const std::size_t count = events.size();
    const std::size_t until_end = capacity_ - queue_start_ % capacity_;
    ASSERT_EQ(count, std::min({max, queue_.size(), until_end}));
    ASSERT_EQ(first, queue_start_ % capacity_);
    for (const MarketEvent& event : events) {
      ASSERT_TRUE(is_event(event, queue_.front(), queue_.front()));
      queue_.pop_front();
    }
    ASSERT_TRUE(ring_.consume(count + queue_.size() + 1).has_value());
    ASSERT_FALSE(ring_.consume(count).has_value());
    queue_start_ += count;
  }

  /// Takes a fresh view, as another thread does that attaches later.
  void reattach() {
    ring_.release();
    ring_ = attach(memory_);
  }

  void expect_agreement() {
    ASSERT_EQ(ring_.readable(), queue_.size());
    ASSERT_EQ(ring_.writable(), capacity_ - queue_.size());
    ASSERT_EQ(ring_.stats().stalls, stalls_);
    ASSERT_EQ(ring_.stats().published, next_seed_);
    ASSERT_EQ(ring_.stats().drained, next_seed_ - queue_.size());
  }

 private:
  RingMemory memory_;
  SpscRing ring_;
  std::size_t capacity_;
  std::deque<std::uint64_t> queue_;
  /// Records that left the queue.
  std::size_t queue_start_ = 0;
  std::uint64_t next_seed_ = 0;
  std::uint64_t stalls_ = 0;
};

class SpscRingModelTest : public testing::TestWithParam<std::uint32_t> {};

TEST_P(SpscRingModelTest, agrees_with_a_queue_through_random_operations) {
  const std::uint32_t capacity = GetParam();
  std::mt19937_64 random(0x5EED0000ULL + capacity);
  Pair pair(capacity);
  for (int step = 0; step < 4000; ++step) {
    const std::size_t count = random() % (std::size_t{capacity} + capacity / 2 + 2);
    switch (random() % 16) {
      case 0:
        pair.reattach();
        break;
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        pair.read_in_place(count);
        break;
      case 6:
      case 7:
        pair.drain_some(count);
        break;
      default:
        pair.publish_some(count);
    }
    pair.expect_agreement();
    if (HasFatalFailure()) FAIL() << "at step " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Capacities, SpscRingModelTest, testing::Values(1U, 2U, 8U, 64U, 256U));

}  // namespace
}  // namespace holdfast
