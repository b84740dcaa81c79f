/// What the user sees and does: panes, prompts, pages. It draws into a grid, is told keys and the time, and
/// says what it wants from the collector; it touches neither terminal nor machine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/filter.h"
#include "tui/collect/frame_source.h"
#include "tui/deeds.h"
#include "tui/settings.h"
#include "tui/view/key_table.h"
#include "tui/view/menu.h"
#include "tui/view/page.h"
#include "tui/view/pane.h"
#include "tui/view/prompt.h"
#include "tui/view/question.h"
#include "tui/view/symbols.h"
#include "tui/view/table_view.h"

namespace tui {

class Session {
 public:
  /// What the user wants of the program.
  enum class Request : std::uint8_t { None, Quit, Suspend, Redraw };

  /// `query` is what to look at without any filter, `filter` what the command line says of that; `deeds` has
  /// to outlive the session.
  Session(const Settings& settings, sockutils::Query query, const std::string& filter, bool utf8,
          Deeds& deeds);

  void take(std::shared_ptr<const Frame> frame, Clock::time_point now);
  void take(std::shared_ptr<const Details> details);
  Request handle(const Key& key, Clock::time_point now);

  /// The whole screen, of any size.
  void draw(Grid& grid);
  /// Where the cursor stands after `draw()`, when something is typed.
  const std::optional<std::pair<std::size_t, std::size_t>>& cursor() const { return cursor_; }

  /// The settings as they are now, with the filters that were saved behind those that there were, and those
  /// that were deleted.
  Settings settings_now() const;

  /// What the collector shall look at, and whether that has changed since the last call.
  const Wish& wish() const { return wish_; }
  bool take_wish_change() { return std::exchange(wish_changed_, false); }

 private:
  struct PaneState {
    const Pane* pane;
    TableView view;
    Folding folding;
  };
  enum class Asking : std::uint8_t { Nothing, Filter, Search, Export, Columns, Place, FilterName };

  PaneState& active() { return panes_[active_]; }
  void show_frame(Clock::time_point now);
  void go_to_pane(std::size_t pane, Clock::time_point now);

  Request act(Action action, const Key& key, Clock::time_point now);
  bool move(Action action, Clock::time_point now);
  void look(Action action, Clock::time_point now);
  void fold(Action action, Clock::time_point now);
  void toggle_fold(Clock::time_point now);
  void find(Action action, Clock::time_point now);
  Request handle_page(const Key& key);
  void handle_menu(const Key& key);
  void open_menu(std::string title, std::vector<std::string> choices, std::function<void(std::size_t)> chosen,
                 std::size_t cursor = 0);
  bool accept_prompt(const std::string& text);
  bool set_columns(const std::string& text);
  void open_saved_filters();
  void save_filter(const std::string& name);
  void choose_filter_to_forget();
  void ask_to_forget(const NamedFilter& filter);
  void do_something(Action action);
  void play(Action action);
  std::size_t play_position() const;
  void jump(const PlaceWish& place);
  void step(int snapshots);
  void pause_playing();
  void change_speed(int direction);
  bool go_to_place(const std::string& text);
  std::vector<std::string> play_flags() const;
  sockutils::FilterNames names(bool with_hosts) const;
  void ask_to_close();
  void ask_to_close_all(const std::vector<std::shared_ptr<const SocketRow>>& rows, std::size_t tagged);
  void close_all(const std::vector<sockutils::SocketIdentity>& sockets);
  void close(const sockutils::SocketIdentity& socket);
  void choose_process();
  std::vector<ProcessTarget> processes_of(const TableRow& row) const;
  std::vector<ProcessTarget> processes_of_tagged() const;
  void choose_signal(const std::vector<ProcessTarget>& processes);
  void ask_to_signal(const std::vector<ProcessTarget>& held, std::size_t gone, std::size_t word);
  void signal(const std::vector<ProcessTarget>& held, int number);
  void write_table(const std::string& path);
  void handle_prompt(const Key& key, Clock::time_point now);
  void handle_click(const Key& key, Clock::time_point now);

  void enter(Clock::time_point now);
  void go_back();
  void open_help();
  void open_details(std::shared_ptr<const SocketRow> socket);
  void fill_details();
  void open_order_menu();
  void shift_order(int direction);
  void change_interval(int direction);
  void open_prompt(Asking what);
  void edit_filter(const std::string& text);
  bool set_filter(const std::string& text, bool with_hosts);
  void search(bool from_here, bool backwards, Clock::time_point now);
  void set_wish_changed() { wish_changed_ = true; }

  void draw_tabs(Grid& grid);
  void draw_bottom(Grid& grid, std::size_t y);
  void put_cut(Grid& grid, std::size_t y, const std::string& text, const Style& style) const;
  bool draw_missing(Grid& grid, std::size_t y) const;
  std::vector<std::string> flags() const;

  /// Of a recording: for names in filters.
  std::shared_ptr<const sockutils::Recording> recording_;
  Settings begun_;
  bool replays_;
  Wish wish_;
  sockutils::Filter base_filter_;
  bool wish_changed_ = false;
  Symbols symbols_;
  std::vector<PaneState> panes_;
  std::size_t active_ = 0;
  std::shared_ptr<const Frame> frame_;
  /// What came while the view was paused.
  std::shared_ptr<const Frame> pending_;
  bool paused_ = false;

  std::vector<NamedFilter> saved_filters_;
  std::vector<NamedFilter> forgotten_filters_;
  std::string filter_;
  std::string filter_before_;
  std::string search_;
  std::string message_;
  Asking asking_ = Asking::Nothing;
  std::optional<Prompt> prompt_;
  PromptHistory filter_history_;
  PromptHistory search_history_;
  std::optional<Page> page_;
  bool page_is_details_ = false;
  std::shared_ptr<const Details> details_;
  std::shared_ptr<const SocketRow> detailed_;
  std::optional<Menu> menu_;
  std::function<void(std::size_t)> menu_chosen_;
  std::optional<Question> question_;
  Deeds& deeds_;
  bool readonly_;
  Area table_area_;
  std::size_t screen_width_ = 80;
  std::vector<std::pair<std::size_t, std::size_t>> tab_ends_;
  std::optional<std::pair<std::size_t, std::size_t>> cursor_;
};

}  // namespace tui
