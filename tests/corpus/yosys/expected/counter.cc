#include <cxxrtl/cxxrtl.h>

#if defined(CXXRTL_INCLUDE_CAPI_IMPL) || \
    defined(CXXRTL_INCLUDE_VCD_CAPI_IMPL)
#include <cxxrtl/capi/cxxrtl_capi.cc>
#endif

#if defined(CXXRTL_INCLUDE_VCD_CAPI_IMPL)
#include <cxxrtl/capi/cxxrtl_capi_vcd.cc>
#endif

using namespace cxxrtl_yosys;

namespace cxxrtl_design {

// \dynports: 1
// \top: 1
// \src: /work/counter.v:2.1-7.10
struct p_counter : public module {
	// \src: /work/counter.v:2.46-2.49
	/*input*/ value<1> p_clk;
	value<1> prev_p_clk;
	bool posedge_p_clk() const {
		return !prev_p_clk.slice<0>().val() && p_clk.slice<0>().val();
	}
	// \src: /work/counter.v:2.70-2.76
	/*input*/ value<1> p_enable;
	// \src: /work/counter.v:2.57-2.62
	/*input*/ value<1> p_reset;
	// \src: /work/counter.v:2.101-2.106
	/*output*/ wire<8> p_value;
	// \src: /work/counter.v:2.115-2.119
	/*output*/ value<1> p_wrap;
	p_counter(interior) {}
	p_counter() {
		reset();
	};

	void reset() override;

	bool eval(performer *performer = nullptr) override;

	template<class ObserverT>
	bool commit(ObserverT &observer) {
		bool changed = false;
		prev_p_clk = p_clk;
		if (p_value.commit(observer)) changed = true;
		return changed;
	}

	bool commit() override {
		observer observer;
		return commit<>(observer);
	}

	void debug_eval();

	void debug_info(debug_items *items, debug_scopes *scopes, std::string path, metadata_map &&cell_attrs = {}) override;
}; // struct p_counter

void p_counter::reset() {
}

bool p_counter::eval(performer *performer) {
	bool converged = true;
	bool posedge_p_clk = this->posedge_p_clk();
	// cells $auto$ff.cc:266:slice$12 $add$/work/counter.v:6$4
	if (posedge_p_clk) {
		if (p_enable == value<1> {1u}) {
			p_value.next = add_uu<32>(p_value.curr, value<32>{0x1u}).slice<7,0>().val();
		}
		if (p_reset == value<1> {1u}) {
			p_value.next = value<8>{0u};
		}
	}
	// cells $and$/work/counter.v:3$2 $reduce_and$/work/counter.v:3$1
	p_wrap = and_uu<1>(p_enable, reduce_and<1>(p_value.curr));
	return converged;
}

void p_counter::debug_eval() {
}

CXXRTL_EXTREMELY_COLD
void p_counter::debug_info(debug_items *items, debug_scopes *scopes, std::string path, metadata_map &&cell_attrs) {
	assert(path.empty() || path[path.size() - 1] == ' ');
	if (scopes) {
		scopes->add(path.empty() ? path : path.substr(0, path.size() - 1), "counter", metadata_map({
			{ "dynports", UINT64_C(1) },
			{ "top", UINT64_C(1) },
			{ "src", "/work/counter.v:2.1-7.10" },
		}), std::move(cell_attrs));
	}
	if (items) {
		items->add(path, "clk", "src\000s/work/counter.v:2.46-2.49\000", p_clk, 0, debug_item::INPUT|debug_item::UNDRIVEN);
		items->add(path, "enable", "src\000s/work/counter.v:2.70-2.76\000", p_enable, 0, debug_item::INPUT|debug_item::UNDRIVEN);
		items->add(path, "reset", "src\000s/work/counter.v:2.57-2.62\000", p_reset, 0, debug_item::INPUT|debug_item::UNDRIVEN);
		items->add(path, "value", "src\000s/work/counter.v:2.101-2.106\000", p_value, 0, debug_item::OUTPUT|debug_item::DRIVEN_SYNC);
		items->add(path, "wrap", "src\000s/work/counter.v:2.115-2.119\000", p_wrap, 0, debug_item::OUTPUT|debug_item::DRIVEN_COMB);
	}
}

} // namespace cxxrtl_design

extern "C"
cxxrtl_toplevel cxxrtl_design_create() {
	return new _cxxrtl_toplevel { std::unique_ptr<cxxrtl_design::p_counter>(new cxxrtl_design::p_counter) };
}
