// What this build knows of passwords, for whoever asks the engine: the lists of common and breached ones, mapped, and zxcvbn;
// and the user's past, as hashes.
#pragma once

#include "runtime/engine/password.h"
#include "runtime/password/breached.h"
#include "runtime/password/common.h"

#include <string>
#include <vector>

namespace writ {

class PasswordLists : public PasswordData {
 public:
  // Files that `writ common build` and `writ breached build` made; empty: not loaded. Says what is wrong, or nothing.
  std::string open(const std::string& common, const std::string& breached);

  std::optional<std::int64_t> common_listed() const noexcept override;
  std::optional<std::int64_t> common_rank(std::string_view password) const noexcept override;
  std::optional<bool> breached(std::string_view password) const noexcept override;
  std::optional<std::int64_t> strength(std::string_view password,
                                       std::span<const std::string_view> about) const noexcept override;

 private:
  password::CommonList common_;
  password::BreachedList breached_;
};

class StoredHistory : public PasswordHistory {
 public:
  explicit StoredHistory(std::vector<std::string> hashes) : hashes_(std::move(hashes)) {}  // the current one first
  std::optional<std::int64_t> place(std::string_view password, std::int64_t depth) const noexcept override;

 private:
  std::vector<std::string> hashes_;
};

}  // namespace writ
