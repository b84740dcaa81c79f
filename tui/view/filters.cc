#include "tui/view/filters.h"
#include "tui/view/prompt.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/dialogs.h"
#include "tui/view/menu.h"

namespace tui {
namespace {

/// TIME_WAIT sockets have no owner and no traffic: they are counted, but listed only on request.
sockutils::StateSet states_for(const sockutils::Filter& filter) {
  const sockutils::StateSet every = sockutils::StateSet::all();
  const sockutils::StateSet possible = filter.possible_states();
  const bool asks = !(possible == every) && possible.contains(sockutils::State::TimeWait);
  return asks ? every : every - sockutils::StateSet{sockutils::State::TimeWait};
}

Prompt::Fault fault_of(const sockutils::FilterError& error) {
  std::string message = error.message;
  if (!error.suggestion.empty()) message += ", did you mean " + error.suggestion + "?";
  return {error.position, error.length, std::move(message)};
}

std::string label_of(const NamedFilter& filter) {
  return sockutils::escape_text(filter.first).append(": ").append(sockutils::escape_text(filter.second));
}

std::vector<std::string> labels_of(const std::vector<NamedFilter>& filters) {
  std::vector<std::string> labels;
  for (const NamedFilter& filter : filters) labels.push_back(label_of(filter));
  return labels;
}

}  // namespace

Filters::Filters(Model& model, ViewStack& views, const Settings& settings)
    : model_(model),
      views_(views),
      recording_(settings.recording),
      base_(model.request.query.filter),
      saved_(settings.filters),
      configured_(settings.configured_filters) {}

sockutils::FilterNames Filters::names(bool with_hosts) const {
  if (recording_) return recording_->filter_names();
  sockutils::FilterNames names = sockutils::system_filter_names();
  if (!with_hosts) names.host = nullptr;
  return names;
}

std::optional<Prompt::Fault> Filters::set(const std::string& text, bool with_hosts) {
  const auto filter = sockutils::Filter::parse(text, names(with_hosts));
  if (!filter) return fault_of(filter.error());
  model_.filter = text;
  sockutils::Query& query = model_.request.query;
  query.filter = base_ && *filter;
  const bool listens = !query.states.contains(sockutils::State::Established);
  query.states = listens ? sockutils::ListeningStates : states_for(*filter);
  model_.look_anew();
  return std::nullopt;
}

void Filters::clear() {
  if (!model_.filter.empty()) set("", false);
}

void Filters::ask() {
  const auto accept = [this](const std::string& text) {
    auto fault = set(text, true);
    if (!fault) history_.add(text);
    return fault;
  };
  const auto give_up = [this, before = model_.filter] {
    if (model_.filter != before) set(before, false);
  };
  views_.open<Prompt>(
      "filter: ", model_.filter, history_, accept,
      [this](const std::string& text) { return set(text, false); }, give_up);
}

void Filters::ask_for_name() {
  const auto accept = [this](const std::string& name) -> Prompt::Verdict {
    if (name.empty()) return std::nullopt;
    saved_.emplace_back(name, model_.filter);
    model_.message = "saved: F chooses it, D deletes it";
    return std::nullopt;
  };
  if (model_.filter.empty())
    model_.message = "there is no filter to save";
  else
    views_.open<Prompt>("save the filter as: ", "", PromptHistory{}, accept);
}

void Filters::choose_saved() {
  if (saved_.empty())
    model_.message = "no filter has been saved, and the configuration has none";
  else
    views_.open<Menu>("filter", labels_of(saved_), 0,
                      [this](std::size_t chosen) { set(saved_[chosen].second, true); });
}

/// Filters of the configuration cannot be deleted here.
void Filters::choose_to_forget() {
  std::vector<NamedFilter> own;
  std::copy_if(saved_.begin(), saved_.end(), std::back_inserter(own), [&](const NamedFilter& filter) {
    return std::find(configured_.begin(), configured_.end(), filter) == configured_.end();
  });
  if (saved_.empty())
    model_.message = "no filter has been saved";
  else if (own.empty())
    model_.message = "no filter has been saved; those of the configuration stay in it";
  else
    views_.open<Menu>("delete a filter", labels_of(own), 0,
                      [this, own](std::size_t chosen) { ask_to_forget(own[chosen]); });
}

void Filters::ask_to_forget(const NamedFilter& filter) {
  views_.open<ConfirmDialog>(
      std::vector<std::string>{"Delete this filter?", "", "  " + label_of(filter), ""},
      [this, filter] {
        std::erase(saved_, filter);
        forgotten_.push_back(filter);
        model_.message = "deleted: " + sockutils::escape_text(filter.first);
      },
      [this] { model_.message = "nothing was deleted"; });
}

}  // namespace tui
