#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include "holdfast/spsc_ring.hpp"
#include "ring_fixture.hpp"

namespace holdfast {
namespace {

struct Stress {
  std::uint32_t capacity;
  std::size_t publish_max;
  std::size_t drain_max;
  std::uint64_t records;

  friend std::ostream& operator<<(std::ostream& out, const Stress& stress) {
    return out << "capacity " << stress.capacity << ", publish " << stress.publish_max << ", drain "
               << stress.drain_max;
  }
};

void produce(RingMemory& memory, const Stress& stress) {
  SpscRing ring = attach(memory);
  std::mt19937_64 random(1);
  std::uint64_t next = 0;
  while (next < stress.records) {
    const std::size_t wanted = 1 + random() % stress.publish_max;
    const auto left = static_cast<std::size_t>(stress.records - next);
    const std::size_t accepted = publish(ring, next, std::min(wanted, left));
    next += accepted;
    if (accepted == 0) std::this_thread::yield();
  }
  ring.close_write();
}

/// Returns how many records came out as they went in, up to the first that did not.
std::uint64_t consume(RingMemory& memory, const Stress& stress) {
  SpscRing ring = attach(memory);
  std::mt19937_64 random(2);
  std::uint64_t next = 0;
  for (;;) {
    // Read before the drain: what was published before the close is drained after it.
    const bool is_closed = ring.is_write_closed();
    const std::size_t max = 1 + random() % stress.drain_max;
    // Every second time the records are read where they stand.
    const bool is_in_place = random() % 2 == 0;
    Result<SlotRange> range = ring.peek(max);
    if (!range.ok()) return next;
    const std::vector<MarketEvent> copies =
        is_in_place ? std::vector<MarketEvent>() : drain(ring, max);
    const std::span<const MarketEvent> events =
        is_in_place ? range.value().events : std::span<const MarketEvent>(copies);
    for (const MarketEvent& event : events) {
      if (!is_event(event, next, next)) return next;
      ++next;
    }
    if (is_in_place && ring.consume(events.size())) return next;
    if (!events.empty()) continue;
    if (is_closed) return next;
    std::this_thread::yield();
  }
}

class SpscRingStressTest : public testing::TestWithParam<Stress> {};

TEST_P(SpscRingStressTest, two_threads_pass_every_record_whole_and_in_order) {
  const Stress& stress = GetParam();
  RingMemory memory(stress.capacity);
  std::thread producer([&] { produce(memory, stress); });
  const std::uint64_t received = consume(memory, stress);
  producer.join();
  EXPECT_EQ(received, stress.records);
  const RingStats stats = attach(memory).stats();
  EXPECT_EQ(stats.published, stress.records);
  EXPECT_EQ(stats.drained, stress.records);
}

INSTANTIATE_TEST_SUITE_P(Shapes, SpscRingStressTest,
                         testing::Values(Stress{1, 1, 1, 20'000}, Stress{8, 5, 3, 100'000},
                                         Stress{64, 64, 64, 400'000},
                                         Stress{1024, 64, 1024, 400'000}));

/// A third thread looks on while two work: the monitor of a dashboard, or a late attach.
TEST(SpscRingStressTest, an_onlooker_may_attach_and_read_the_counters_at_any_time) {
  const Stress stress{64, 16, 16, 100'000};
  RingMemory memory(stress.capacity);
  std::thread producer([&] { produce(memory, stress); });
  std::thread consumer([&] { consume(memory, stress); });
  std::uint64_t drained_before = 0;
  while (drained_before < stress.records) {
    SpscRing onlooker = attach(memory);
    const RingStats stats = onlooker.stats();
    ASSERT_GE(stats.drained, drained_before);
    ASSERT_GE(stats.published, stats.drained);
    ASSERT_LE(onlooker.readable(), stress.capacity);
    drained_before = stats.drained;
    std::this_thread::yield();
  }
  producer.join();
  consumer.join();
}

}  // namespace
}  // namespace holdfast
