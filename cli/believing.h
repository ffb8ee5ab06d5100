// Whom a verb believes that reads a bundle.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace writ::cli {

struct Believing {
  std::vector<std::string> keys;  // PEM; of a private key the public half
  std::string trust;              // a file of keys; WRIT_TRUST of the environment where it is not given
  bool accept_unsigned = false;
};
// --key, --trust and --insecure-unsigned.
void add_believing(CLI::App& verb, Believing& believing);

}  // namespace writ::cli
