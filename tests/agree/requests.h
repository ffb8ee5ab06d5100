// Random requests that matter to a policy.
#pragma once

#include "tests/agree/random.h"
#include "tests/agree/surface.h"

namespace writ::agree {

// Mostly sound, at the values where the policy's rules turn; now and then one thing in it is broken.
NamedRequest generate_request(const Surface& surface, Random& random);
// A login as it is known before the credential is checked: without the user's facts and the session's, mostly.
NamedRequest generate_attempt(const Surface& surface, Random& random);
OfferQuestion generate_question(const Surface& surface, Random& random);

}  // namespace writ::agree
