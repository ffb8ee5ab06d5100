// Random conditions that are well typed by construction: every optional fact stands under a guard or has a default.
#pragma once

#include "tests/agree/words.h"

#include <string>
#include <vector>

namespace writ::agree {

// What a condition may speak of where it stands.
struct Surroundings {
  ActionMask actions = 0;
  bool floor = false;                       // platform or shared client: kinds only
  std::vector<std::string> clients, connections, organizations;
  std::vector<std::string> zones;           // blocks only
  std::vector<std::string> wide_zones;      // with countries or ASNs
  std::vector<std::string> lists;           // lets that are lists of strings
  std::vector<std::string> conditions;      // lets that are conditions on facts of all actions
  std::vector<std::string> parameters;      // template parameters of type string
};

std::string random_condition(Random& random, const Surroundings& surroundings, int depth = 3);

}  // namespace writ::agree
