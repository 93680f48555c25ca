"""What is inferred from repetitions: jackknife, permutations, Student's distribution."""
