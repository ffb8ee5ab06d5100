// Making a password that a policy accepts.
#pragma once

#include "runtime/engine/engine.h"

#include <string>

namespace writ::cli {

struct Generated {
  Secret password;
  PasswordReport last;  // on the last that was tried
  std::string problem;  // why there is none
};

// Random characters from OpenSSL's generator, longer ones first where the policy lets them be; the engine says which is
// accepted.
Generated generate_password(const Engine& engine, const PasswordRequest& request);

}  // namespace writ::cli
