#include "runtime/password/history.h"

namespace writ::password {

namespace {

bool newest_first(std::span<const UsedPassword> used) {
  std::optional<std::int64_t> newer;
  for (const UsedPassword& one : used) {
    if (one.set && newer && *one.set > *newer) return false;
    if (one.set) newer = one.set;
  }
  return true;
}

// When an entry was replaced is when the newer one was set; not knowing is counting.
bool counts(std::span<const UsedPassword> used, std::size_t i, const HistoryQuestion& question) {
  if (i < question.last) return true;
  return question.since && (i == 0 || !used[i - 1].set || *used[i - 1].set >= *question.since);
}

}  // namespace

HistoryAnswer look_back(const Secret& password, std::span<const UsedPassword> used, const HistoryQuestion& question,
                        const HashBounds& bounds) {
  HistoryAnswer answer;
  std::size_t counting = 0;
  for (std::size_t i = 0; i < used.size(); ++i) counting += counts(used, i, question);
  if (!newest_first(used) || counting > most_used_passwords) {
    answer.fault = counting > most_used_passwords ? HistoryFault::too_many : HistoryFault::out_of_order;
    return answer;
  }
  answer.fault = HistoryFault::none;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!counts(used, i, question)) continue;
    const Verification one = verify(password, used[i].hash, bounds);
    ++answer.compared;
    if (i == 0) answer.upgrade = one.upgrade;
    answer.to_upgrade += one.upgrade != Upgrade::no;
    if (one.fault != HashFault::none && answer.fault == HistoryFault::none) {
      answer.fault = HistoryFault::hash;
      answer.hash_fault = one.fault;
      answer.fault_place = i + 1;
    }
    if (one.fault == HashFault::none && one.match != Match::no) {
      answer.place = i + 1;
      answer.cut = one.match == Match::cut;
      return answer;
    }
  }
  return answer;
}

}  // namespace writ::password
