#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>

#include "holdfast/spsc_ring.hpp"
#include "ring_fixture.hpp"

namespace holdfast {
namespace {

void expect_refused(RingMemory& memory) {
  Result<SpscRing> ring = SpscRing::attach(memory.bytes());
  ASSERT_FALSE(ring.ok());
  EXPECT_EQ(ring.failure().code, ErrorCode::kRingInvalid);
  EXPECT_FALSE(ring.failure().rule.empty());
}

TEST(SpscRingAttachTest, works_at_every_misalignment_of_the_buffer) {
  for (std::size_t misalignment = 0; misalignment < kCacheLineBytes; ++misalignment) {
    RingMemory memory(4, misalignment);
    SpscRing ring = attach(memory);
    EXPECT_EQ(publish(ring, 0, 4), 4U);
    EXPECT_EQ(drain(ring, 4).size(), 4U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&memory.header()) % kCacheLineBytes, 0U);
  }
}

TEST(SpscRingAttachTest, alignment_offset_reaches_the_next_multiple) {
  EXPECT_EQ(alignment_offset(0, 64), 0U);
  EXPECT_EQ(alignment_offset(1, 64), 63U);
  EXPECT_EQ(alignment_offset(63, 64), 1U);
  EXPECT_EQ(alignment_offset(64, 64), 0U);
  EXPECT_EQ(alignment_offset(std::numeric_limits<std::uintptr_t>::max(), 8), 1U);
}

TEST(SpscRingAttachTest, capacities_must_be_powers_of_two_within_the_bound) {
  for (const std::uint32_t capacity : {0U, 3U, 12U, 1000U, kRingCapacityMax * 2, ~0U}) {
    Result<std::size_t> needed = SpscRing::bytes_needed(capacity);
    ASSERT_FALSE(needed.ok()) << capacity;
    EXPECT_EQ(needed.failure().code, ErrorCode::kRingInvalid);
    EXPECT_EQ(needed.failure().observed, capacity);
  }
  EXPECT_TRUE(SpscRing::bytes_needed(1).ok());
  EXPECT_TRUE(SpscRing::bytes_needed(kRingCapacityMax).ok());
}

TEST(SpscRingAttachTest, initialize_refuses_small_memory_and_memory_in_use) {
  std::array<std::byte, 600> small{};
  EXPECT_TRUE(SpscRing::initialize(small, 64).has_value());
  EXPECT_TRUE(SpscRing::initialize({}, 1).has_value());
  EXPECT_TRUE(SpscRing::initialize(small, 3).has_value());
  RingMemory memory(8);
  EXPECT_TRUE(SpscRing::initialize(memory.bytes(), 8).has_value());
}

TEST(SpscRingAttachTest, memory_without_a_header_is_refused) {
  std::array<std::byte, 1024> zeroed{};
  EXPECT_FALSE(SpscRing::attach(zeroed).ok());
  EXPECT_FALSE(SpscRing::attach({}).ok());
  EXPECT_FALSE(SpscRing::attach(std::span(zeroed).first(10)).ok());
}

TEST(SpscRingAttachTest, a_cut_off_ring_is_refused) {
  RingMemory memory(8);
  EXPECT_FALSE(SpscRing::attach(memory.bytes().first(memory.bytes().size() - 64)).ok());
  EXPECT_FALSE(SpscRing::attach(memory.bytes().first(kRingHeaderBytes)).ok());
}

TEST(SpscRingAttachTest, every_corrupted_word_of_the_header_is_refused) {
  const auto corrupt = [](auto change) {
    RingMemory memory(8);
    change(memory.header());
    expect_refused(memory);
  };
  corrupt([](RingHeader& header) { header.magic ^= 1; });
  corrupt([](RingHeader& header) { header.layout_version = 2; });
  corrupt([](RingHeader& header) { header.record_bytes = 32; });
  corrupt([](RingHeader& header) { header.capacity = 0; });
  corrupt([](RingHeader& header) { header.capacity = 7; });
  corrupt([](RingHeader& header) { header.capacity = 16; });
  corrupt([](RingHeader& header) { header.capacity = 1U << 31; });
  corrupt([](RingHeader& header) { header.write_index = 9; });
  corrupt([](RingHeader& header) { header.read_index = 1; });
  corrupt([](RingHeader& header) { header.read_index = ~0ULL; });
}

TEST(SpscRingAttachTest, indices_overwritten_after_attach_are_an_error_not_a_wild_copy) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  EXPECT_EQ(publish(ring, 0, 8), 8U);
  memory.header().read_index = 100;
  Result<std::size_t> published = ring.publish(events_from(0, 1));
  ASSERT_FALSE(published.ok());
  EXPECT_EQ(published.failure().code, ErrorCode::kRingInvalid);
  std::vector<MarketEvent> into(8);
  Result<std::size_t> drained = ring.drain(into);
  ASSERT_FALSE(drained.ok());
  EXPECT_EQ(drained.failure().code, ErrorCode::kRingInvalid);
  EXPECT_LE(ring.readable(), 8U);
  EXPECT_LE(ring.writable(), 8U);
}

TEST(SpscRingAttachTest, a_capacity_overwritten_after_attach_changes_nothing) {
  RingMemory memory(8);
  SpscRing ring = attach(memory);
  memory.header().capacity = 1U << 30;
  EXPECT_EQ(publish(ring, 0, 20), 8U);
  EXPECT_EQ(drain(ring, 20).size(), 8U);
}

/// Random bytes over the header: attach may take them or refuse them, and whatever it takes must
/// keep every access inside the memory (the sanitizer build is the judge).
TEST(SpscRingAttachTest, random_headers_never_lead_outside_the_memory) {
  std::mt19937_64 random(20260801);
  for (int round = 0; round < 2000; ++round) {
    RingMemory memory(8);
    RingHeader& header = memory.header();
    header.capacity = static_cast<std::uint32_t>(random() % 20);
    header.write_index = random() >> (random() % 64);
    header.read_index = random() >> (random() % 64);
    Result<SpscRing> ring = SpscRing::attach(memory.bytes());
    if (!ring.ok()) continue;
    std::vector<MarketEvent> into(16);
    (void)ring.value().publish(events_from(0, 16));
    (void)ring.value().drain(into);
    header.write_index = random();
    (void)ring.value().publish(events_from(0, 16));
    (void)ring.value().drain(into);
  }
}

}  // namespace
}  // namespace holdfast
