#include <utility>

#include "sockutils/compact_row.h"

namespace sockutils {

std::shared_ptr<const Process> ProcessPool::share(const Process& process) {
  std::weak_ptr<const Process>& latest = latest_[process.pid];
  auto known = latest.lock();
  if (!known || *known != process) latest = known = std::make_shared<const Process>(process);
  return known;
}

void ProcessPool::forget_unused() {
  std::erase_if(latest_, [](const auto& item) { return item.second.expired(); });
}

/// What is rare.
struct OwnerList::More {
  /// All of the first list when it has several, and their processes.
  std::vector<Owner> owners;
  std::vector<std::shared_ptr<const Process>> processes;
  std::vector<OwnerList> lists;
};

OwnerList::OwnerList() = default;
OwnerList::~OwnerList() = default;
OwnerList::OwnerList(OwnerList&&) noexcept = default;
OwnerList& OwnerList::operator=(OwnerList&&) noexcept = default;

OwnerList::OwnerList(std::span<const std::span<const Owner>> lists, ProcessPool& processes) {
  if (lists.empty()) return;
  const std::span<const Owner> owners = lists.front();
  if (owners.size() > 1 || lists.size() > 1) more_ = std::make_unique<More>();
  if (owners.size() == 1) {
    first_process_ = processes.share(*owners.front().process);
    first_ = {first_process_.get(), owners.front().tid, owners.front().fd};
  } else if (!owners.empty()) {
    more_->owners.assign(owners.begin(), owners.end());
    for (Owner& owner : more_->owners)
      owner.process = more_->processes.emplace_back(processes.share(*owner.process)).get();
  }
  for (const std::span<const Owner> list : lists.subspan(1)) more_->lists.emplace_back(list, processes);
}

std::span<const Owner> OwnerList::get(std::size_t list) const {
  if (list > 0) return list < lists() ? more_->lists[list - 1].get() : std::span<const Owner>();
  if (first_process_) return std::span(&first_, 1);
  return more_ ? std::span<const Owner>(more_->owners) : std::span<const Owner>();
}

std::size_t OwnerList::lists() const { return 1 + (more_ ? more_->lists.size() : 0); }

}  // namespace sockutils
