#include "holdfast/error_code.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace holdfast {
namespace {

TEST(ErrorCodeTest, every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (const ErrorCode code : kErrorCodes) {
    names.insert(error_code_name(code));
  }
  EXPECT_EQ(names.size(), kErrorCodes.size());
  EXPECT_EQ(error_code_name(ErrorCode::kRingInvalid), "RING_INVALID");
}

}  // namespace
}  // namespace holdfast
