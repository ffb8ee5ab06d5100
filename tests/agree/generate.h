// Random policies that check, and random requests that matter to them. A seed makes both, so a disagreement is one number.
#pragma once

#include "tests/agree/world.h"

namespace writ::agree {

// `world.text` is the policy. `world.extra` is one more deny, for properties: text that may be appended.
World generate_policy(Random& random);

// Mostly sound, at the values where the policy's rules turn; now and then one thing in it is broken.
NamedRequest generate_request(const World& world, Random& random);

struct OfferQuestion {
  std::string tenant, client;
  std::optional<std::string> organization, email;
};
OfferQuestion generate_question(const World& world, Random& random);

}  // namespace writ::agree
