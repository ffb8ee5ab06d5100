// Every allocation of this test program is counted, by thread, and one of them can be made to fail.
#pragma once

#include <cstddef>

namespace writ::world {

extern thread_local std::size_t allocations;
// The allocation that finds this at one fails, and those after it succeed again; zero: none fails.
extern thread_local std::size_t fails_at;

}  // namespace writ::world
