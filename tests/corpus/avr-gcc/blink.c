/* Floats, 64-bit division and a table in flash for a processor of eight bits. */
typedef unsigned char byte;
volatile byte port;
static const long table[] = {1, 10, 100, 1000, 10000};

static float smooth(float previous, int sample) { return previous * 0.75f + sample * 0.25f; }

int scale(long long value, byte index) { return (int)(value / table[index % 5]); }

int main(void) {
    float level = 0;
    for (int i = 0; i < 1000; i++) {
        level = smooth(level, scale((long long)i * i * i, i & 7));
        port = level > 500.0f ? port | 1 : port & ~1;
    }
    return (int)level;
}
