/** The build turns an imported stylesheet into its minified text. */
declare module '*.css' {
  const text: string;
  export default text;
}
