"""The system's resolvers, what each of them answers by each way, and what that means."""
