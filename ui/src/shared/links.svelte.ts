/** The link that was clicked and waits for a word from the person. */
class Links {
  pending = $state<string | null>(null);
}

export const links = new Links();
