// A counter with enable and reset, and a pulse when it wraps.
module counter #(parameter WIDTH = 8) (input clk, input reset, input enable, output reg [WIDTH-1:0] value, output wrap);
    assign wrap = enable & &value;
    always @(posedge clk)
        if (reset) value <= 0;
        else if (enable) value <= value + 1;
endmodule
