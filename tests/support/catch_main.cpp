// Catch2's main for every test executable, compiled once because it takes longer than most tests.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
