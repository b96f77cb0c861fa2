/** At most so many indexes of a list, evenly apart; the last one is always among them. */
export function thin(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  const every = Math.ceil(length / most);
  const first = (length - 1) % every;
  return Array.from(
    { length: Math.floor((length - 1 - first) / every) + 1 },
    (_, nth) => first + nth * every,
  );
}
