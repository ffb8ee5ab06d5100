#include "runtime/engine/password_lists.h"

#include "runtime/password/digest.h"
#include "runtime/password/history.h"
#include "runtime/password/strength.h"

#include <exception>

namespace writ {

std::string PasswordLists::open(const std::string& common, const std::string& breached) {
  const auto cannot = [](const std::string& file, const std::string& problem) {
    return problem.empty() ? problem : "cannot use `" + file + "`: " + problem;
  };
  if (!common.empty())
    if (auto problem = cannot(common, common_.open(common)); !problem.empty()) return problem;
  return breached.empty() ? "" : cannot(breached, breached_.open(breached));
}

std::optional<std::int64_t> PasswordLists::common_listed() const noexcept {
  return common_.is_open() ? std::optional<std::int64_t>(common_.entries()) : std::nullopt;
}

std::optional<std::int64_t> PasswordLists::common_rank(std::string_view password) const noexcept {
  if (!common_.is_open()) return std::nullopt;
  const auto rank = common_.rank(password);
  return rank == 0 ? unlisted : rank;
}

// A part of the list that is damaged says nothing.
std::optional<bool> PasswordLists::breached(std::string_view password) const noexcept try {
  const auto answer = breached_.look_up(password::sha1_of(password));
  if (answer.found) return true;
  return answer.is_clean() ? std::optional(false) : std::nullopt;
} catch (const std::exception&) {
  return std::nullopt;
}

std::optional<std::int64_t> PasswordLists::strength(std::string_view password,
                                                    std::span<const std::string_view> about) const noexcept try {
  return password::strength_of(password, about, common_).score;
} catch (const std::exception&) {
  return std::nullopt;
}

std::optional<std::int64_t> StoredHistory::place(std::string_view password, std::int64_t depth) const noexcept try {
  std::vector<password::UsedPassword> used;
  for (const auto& hash : hashes_) used.push_back({hash});
  const auto answer = password::look_back(Secret(password), used, {.last = static_cast<std::size_t>(depth)});
  if (answer.place != 0) return static_cast<std::int64_t>(answer.place);
  return answer.is_new() ? std::optional(never) : std::nullopt;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace writ
