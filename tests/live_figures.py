"""Where the live figures of the book are: for tests and benchmarks."""

# name: its page, and a slider of it
PAGES = {
    "debye": ("3-1-debye", "theta_d"),
    "transition": ("3-2-coupling", "tc_onset"),
    "coupling": ("3-2-coupling", "mu_star"),
    "strain": ("3-3-pressures", "strain"),
    "pressure": ("3-4-pressure", "window"),
}
