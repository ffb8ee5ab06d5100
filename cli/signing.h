// The keys that sign.
#pragma once

#include "runtime/bundle/keys.h"

#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

class Signers {
 public:
  // Says what is wrong, or nothing.
  std::string read(const std::vector<std::string>& paths);
  bool empty() const { return keys_.empty(); }
  std::size_t size() const { return keys_.size(); }
  // Adds a signature of each; one of the same key is replaced.
  bundle::Problem sign(std::string_view message, std::vector<bundle::Signature>& signatures) const;

 private:
  std::vector<bundle::PrivateKey> keys_;
};

}  // namespace writ::cli
