// C++ without a library of its own: constructors and destructors of globals, virtual calls, templates, closures, and
// what the C library gives it.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *operator new(size_t size) { return malloc(size); }
void *operator new[](size_t size) { return malloc(size); }
void operator delete(void *p) noexcept { free(p); }
void operator delete(void *p, size_t) noexcept { free(p); }
void operator delete[](void *p) noexcept { free(p); }

struct Noisy {
    const char *name;
    explicit Noisy(const char *name) : name(name) { printf("hello %s\n", name); }
    ~Noisy() { printf("goodbye %s\n", name); }
};

static Noisy first("first"), second("second");

struct Shape {
    virtual double area() const { return 0; }
    virtual ~Shape() {}
};

struct Square : Shape {
    double side;
    explicit Square(double side) : side(side) {}
    double area() const override { return side * side; }
};

struct Circle : Shape {
    double radius;
    explicit Circle(double radius) : radius(radius) {}
    double area() const override { return 3.14159265358979 * radius * radius; }
    ~Circle() override { printf("a circle less\n"); }
};

template <typename T, typename F> static T fold(const T *items, size_t count, T start, F f) {
    for (size_t i = 0; i < count; i++)
        start = f(start, items[i]);
    return start;
}

// A file that closes itself.
class File {
    FILE *file;

  public:
    File(const char *name, const char *mode) : file(fopen(name, mode)) {}
    ~File() {
        if (file)
            fclose(file);
    }
    explicit operator bool() const { return file; }
    operator FILE *() const { return file; }
};

static int counter() {
    static Noisy once("once");
    static int count = 0;
    return ++count;
}

int main(int argc, char **argv) {
    Noisy local("main");
    Shape *shapes[] = {new Square(3), new Circle(1), new Shape};
    double areas[3];
    for (int i = 0; i < 3; i++) {
        areas[i] = shapes[i]->area();
        delete shapes[i];
    }
    printf("areas %.6f\n", fold(areas, 3, 0.0, [](double a, double b) { return a + b; }));
    counter();
    printf("called %d times\n", counter());
    {
        File out("file", "w");
        for (int i = 0; i < 10000; i++)
            fprintf(out, "%d ", i);
    }
    {
        File in("file", "r");
        long long sum = 0;
        for (int value; fscanf(in, "%d", &value) == 1;)
            sum += value;
        printf("sum %lld, at %ld\n", sum, ftell(in));
    }
    printf("none %d\n", bool(File("none", "r")));
    printf("remove %d\n", remove("file"));
    char line[100];
    while (fgets(line, sizeof line, stdin))
        fprintf(stderr, "%zu %s", strlen(line), line);
    atexit([] { printf("at exit\n"); });
    return argc > 1 ? atoi(argv[1]) : 0;
}
